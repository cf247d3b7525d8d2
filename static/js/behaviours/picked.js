// A button that opens the browser's choice of files says which one was chosen, in the language of the page.
export default function picked(field) {
  const input = field.querySelector("input[type=file]"), told = field.querySelector("[data-picked]"), none = told.textContent;
  input.addEventListener("change", () => { told.textContent = input.files[0]?.name ?? none; });
}
