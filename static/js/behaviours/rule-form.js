// The form of a rule in its row: the first empty field gets the focus, Esc leaves, and leaving a new one removes it.
export default function ruleForm(row) {
  const fields = ["step", "triggers", "text"].map((name) => row.querySelector(`[name=${name}]`));
  const wrong = row.querySelector("[aria-invalid=true]");
  (wrong ?? fields.find((field) => !field.value) ?? fields[2]).focus();
  row.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing) return;
    event.stopPropagation();
    row.querySelector("[data-leave]").click();
  });
  const stop = new AbortController();
  let adding = false;
  document.addEventListener("htmx:after:swap", () => {
    if (!row.isConnected) return stop.abort();
    if (adding) [...row.querySelectorAll(".option__title")].at(-1)?.focus();
    adding = false;
  }, { signal: stop.signal });
  row.addEventListener("click", (event) => {
    if (event.target.closest("[data-add-option]")) adding = true;
    if (!event.target.closest("[data-leave-new]")) return;
    row.remove();
    document.querySelector(".flow__header .button--primary")?.focus();
  });
}
