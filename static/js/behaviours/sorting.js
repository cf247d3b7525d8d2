// Rules in another order: dragged by their handle, moved by Alt and an arrow, or put at the number that is typed; the
// server hears where each ended. Under a filter rules are missing in between, so nothing can be moved there.
const MOVES_APART_MS = 250; // who moves a rule by several places presses several times
const unsaved = new Map(); // by the id of the row: what takes the focus when the server knows its place
let dragged = null, settled = 0, saving = false;

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

function tell(rule, focused, delay = 0) {
  unsaved.set(rule.id, focused);
  clearTimeout(settled);
  settled = setTimeout(save, delay);
}

/** One after the other: an answer that is late must not undo a later move. */
async function save() {
  if (saving) return;
  saving = true;
  for (const [id, part] of unsaved) {
    unsaved.delete(id);
    const row = document.getElementById(id), lugar = row ? rulesOf(row.parentElement).indexOf(row) + 1 : 0;
    if (!lugar) continue;
    const asked = { source: row.parentElement, swap: "none", values: { lugar } };
    await htmx.ajax("PUT", `/reglas/${row.dataset.rule}/lugar`, asked).catch(() => {}); // what failed is told elsewhere
    document.querySelector(`#${id} ${part}`)?.focus();
  }
  saving = false;
}

function put(list, rule, at, focused) {
  const others = rulesOf(list).filter((one) => one !== rule);
  const place = Math.min(Math.max(at, 0), others.length);
  if (others[place]) others[place].before(rule);
  else others.at(-1)?.after(rule);
  if (focused === "[data-handle]") rule.querySelector(focused).focus(); // a row that is put elsewhere loses it
  tell(rule, focused, focused === "[data-handle]" ? MOVES_APART_MS : 0);
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
    tell(dragged, "[data-handle]");
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
