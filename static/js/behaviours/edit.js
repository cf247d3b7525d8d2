// A value that is edited in its place: Esc leaves it as it was.
export default function edit(details) {
  const form = details.querySelector("form");
  details.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !details.open) return;
    event.preventDefault();
    event.stopPropagation();
    form.reset();
    details.open = false;
    details.querySelector("summary").focus();
  });
}
