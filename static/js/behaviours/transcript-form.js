// The form of a correction: Enter saves, Esc leaves it as it was.
export default function transcriptForm(form) {
  const field = form.elements.texto;
  field.focus();
  form.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Escape") form.querySelector("[data-cancel]").click();
    else if (event.key === "Enter" && !event.shiftKey && event.target === field) form.requestSubmit();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
}
