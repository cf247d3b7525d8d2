// Rules in another order: dragged by their handle, or moved by Alt and an arrow; the server hears where it ended.
let dragged = null;

function rulesOf(list) {
  return [...list.querySelectorAll(":scope > [data-rule]")];
}

function tell(list, rule) {
  const place = rulesOf(list).filter((one) => !one.matches(".rule--removed")).indexOf(rule) + 1;
  htmx.ajax("PUT", `/reglas/${rule.dataset.rule}/lugar`, { source: list, swap: "none", values: { lugar: place } });
}

function shift(list, rule, by) {
  const rules = rulesOf(list), at = rules.indexOf(rule), other = rules[at + by];
  if (!other) return;
  other[by > 0 ? "after" : "before"](rule);
  rule.querySelector("[data-handle]").focus();
  tell(list, rule);
}

export default function sorting(list) {
  list.addEventListener("dragstart", (event) => {
    if (!event.target.matches("[data-handle]")) return;
    dragged = event.target.closest("[data-rule]");
    event.dataTransfer.setDragImage(dragged, 0, 0);
    event.dataTransfer.effectAllowed = "move";
    dragged.classList.add("rule--dragged");
  });
  list.addEventListener("dragover", (event) => {
    if (!dragged || dragged.parentElement !== list) return;
    event.preventDefault();
    const over = event.target.closest("[data-rule]");
    if (!over || over === dragged) return;
    const box = over.getBoundingClientRect();
    over[event.clientY > box.top + box.height / 2 ? "after" : "before"](dragged);
  });
  list.addEventListener("dragend", () => {
    if (!dragged) return;
    dragged.classList.remove("rule--dragged");
    tell(list, dragged);
    dragged = null;
  });
  list.addEventListener("keydown", (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const handle = event.target.closest("[data-handle]");
    if (!by || !event.altKey || !handle) return;
    event.preventDefault();
    shift(list, handle.closest("[data-rule]"), by);
  });
}
