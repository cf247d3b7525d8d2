// A row that is being edited: the first field, or the first that is wrong, has the focus; Esc leaves the row as it was.
export default function rowForm(row) {
  const cancel = row.querySelector("[data-cancel]");
  (row.querySelector("[aria-invalid=true]") ?? row.querySelector("input:not([type=hidden]), textarea, select"))?.focus();
  row.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    event.preventDefault();
    event.stopPropagation();
    cancel.click();
  });
  // What was never saved has no row to go back to.
  cancel.addEventListener("click", () => {
    if (cancel.hasAttribute("hx-get")) return;
    row.replaceChildren();
    row.hidden = true;
    document.querySelector(`[hx-target="#${row.id}"]`)?.focus();
  });
}
