// Rules in another order: dragged by their handle, moved by Alt and an arrow, or put at the number that is typed; the
// server hears where each ended. Under a filter rules are missing in between, so nothing can be moved there.
let dragged = null;

function rulesOf(list) {
  return [...list.querySelectorAll(":scope > [data-rule]")].filter((one) => !one.matches(".rule--removed"));
}

function number(list) {
  if (list.hasAttribute("data-filtered")) return;
  rulesOf(list).forEach((rule, at) => {
    const field = rule.querySelector("[data-place]");
    if (field !== document.activeElement) field.value = at + 1;
  });
}

function tell(list, rule, focused) {
  const place = rulesOf(list).indexOf(rule) + 1;
  htmx.ajax("PUT", `/reglas/${rule.dataset.rule}/lugar`, { source: list, swap: "none", values: { lugar: place } })
    .then(() => document.querySelector(`#${rule.id} ${focused}`)?.focus());
}

function put(list, rule, at, focused) {
  const others = rulesOf(list).filter((one) => one !== rule);
  const place = Math.min(Math.max(at, 0), others.length);
  if (others[place]) others[place].before(rule);
  else others.at(-1)?.after(rule);
  tell(list, rule, focused);
}

export default function sorting(list) {
  if (list.hasAttribute("data-filtered")) {
    for (const part of list.querySelectorAll("[data-handle], [data-place]")) part.disabled = true;
    return;
  }
  const stop = new AbortController();
  document.addEventListener("htmx:after:swap", () => (list.isConnected ? number(list) : stop.abort()), { signal: stop.signal });
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
  list.addEventListener("drop", (event) => dragged && event.preventDefault());
  list.addEventListener("dragend", () => {
    if (!dragged) return;
    dragged.classList.remove("rule--dragged");
    tell(list, dragged, "[data-handle]");
    dragged = null;
  });
  list.addEventListener("keydown", (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key], handle = event.target.closest("[data-handle]");
    if (!by || !event.altKey || !handle) return;
    event.preventDefault();
    const rule = handle.closest("[data-rule]"), at = rulesOf(list).indexOf(rule) + by;
    if (at >= 0 && at < rulesOf(list).length) put(list, rule, at, "[data-handle]");
  });
  list.addEventListener("change", ({ target }) => {
    if (!target.matches("[data-place]")) return;
    put(list, target.closest("[data-rule]"), (Number.parseInt(target.value, 10) || 1) - 1, "[data-place]");
  });
}
