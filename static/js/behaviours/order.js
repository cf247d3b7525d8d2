// Rows in an order of their own: dragged by their grip, moved by Alt and arrows, or put at the number that is typed.
const MOVES_APART_MS = 250; // who moves a row by several places presses several times, and one answer draws the table anew

export default function order(table) {
  const rows = () => [...table.querySelectorAll("tbody > tr[data-id]")];
  let dragged = null, settled = 0;

  const save = (focused, values = { ids: rows().map((row) => row.dataset.id).join(",") }) => {
    const back = focused && `#${focused.closest("tr").id} ${focused.matches("[data-place]") ? "[data-place]" : "[data-grip]"}`;
    htmx.ajax("POST", table.dataset.order, { source: table, values, target: table.dataset.orderTarget, swap: "outerHTML" })
      .then(() => back && document.querySelector(back)?.focus());
  };

  table.addEventListener("dragstart", (event) => {
    const grip = event.target.closest?.("[data-grip]");
    if (!grip) return;
    dragged = grip.closest("tr");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.dataset.id);
    dragged.classList.add("table__row--dragged");
  });
  table.addEventListener("dragover", (event) => {
    const over = dragged && event.target.closest("tr[data-id]");
    if (!over || over === dragged) return;
    event.preventDefault();
    const { top, height } = over.getBoundingClientRect();
    over[event.clientY < top + height / 2 ? "before" : "after"](dragged);
  });
  table.addEventListener("drop", (event) => dragged && event.preventDefault());
  table.addEventListener("dragend", () => {
    dragged?.classList.remove("table__row--dragged");
    if (dragged) save(dragged.querySelector("[data-grip]"));
    dragged = null;
  });
  table.addEventListener("keydown", (event) => {
    const grip = event.target.closest("[data-grip]"), row = grip?.closest("tr");
    if (!row || !event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
    event.preventDefault();
    const all = rows(), other = all[all.indexOf(row) + (event.key === "ArrowUp" ? -1 : 1)];
    if (!other) return;
    other[event.key === "ArrowUp" ? "before" : "after"](row);
    grip.focus(); // a row that is put elsewhere loses it
    clearTimeout(settled);
    settled = setTimeout(save, MOVES_APART_MS, grip);
  });
  table.addEventListener("change", ({ target }) => {
    if (!target.matches("[data-place]")) return;
    save(target, { ids: target.closest("tr").dataset.id, lugar: Math.max(Number.parseInt(target.value, 10) || 1, 1) });
  });
}
