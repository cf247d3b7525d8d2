// Esc empties the search; the form's own submit needs no page of its own.
export default function search(form) {
  const field = form.querySelector("input[type=search]");
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !field.value) return;
    event.preventDefault();
    event.stopPropagation();
    field.value = "";
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
}
