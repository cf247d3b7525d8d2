// Marking rows of the list: by box, with Shift from the last one, by a long press, with x. The marks outlive live updates.
const LONG_PRESS_MS = 500, SLIP_PX = 10, LIFT_MS = 300;
const boxes = () => [...document.querySelectorAll("#chats .row__pick")];

export default function picking(form) {
  const zone = form.closest("#chat-zone"), count = form.querySelector(".picked__count");
  const picked = new Set();
  let last = "", press = 0, from = null, swallowUntil = 0;

  const show = () => {
    const here = boxes();
    for (const box of here) box.checked = picked.has(box.value);
    const marked = here.filter((box) => box.checked).length;
    form.hidden = marked === 0;
    zone.classList.toggle("list--picking", marked > 0);
    count.textContent = marked === 1 ? count.dataset.one : count.dataset.many.replace("#", marked);
  };
  const set = (box, on) => (on ? picked.add(box.value) : picked.delete(box.value));
  const mark = (box, on, range) => {
    const here = boxes(), start = here.findIndex((each) => each.value === last), end = here.indexOf(box);
    const between = range && start >= 0 ? here.slice(Math.min(start, end), Math.max(start, end) + 1) : [box];
    for (const each of between) set(each, on);
    last = box.value;
    show();
  };
  const clear = () => { picked.clear(); last = ""; show(); };

  zone.addEventListener("click", (event) => {
    if (event.target.matches(".row__pick")) mark(event.target, event.target.checked, event.shiftKey);
  });
  zone.addEventListener("pointerdown", (event) => {
    const row = event.target.closest(".row");
    clearTimeout(press);
    from = event;
    if (row && event.pointerType === "touch") press = setTimeout(() => {
      mark(row.querySelector(".row__pick"), true, false);
      swallowUntil = Infinity;
    }, LONG_PRESS_MS);
  });
  zone.addEventListener("pointermove", (event) => {
    if (from && Math.hypot(event.x - from.x, event.y - from.y) > SLIP_PX) clearTimeout(press);
  });
  for (const name of ["pointerup", "pointercancel"]) zone.addEventListener(name, () => {
    clearTimeout(press);
    if (swallowUntil) swallowUntil = Date.now() + LIFT_MS;
  });
  // The click that ends a long press opens nothing.
  zone.addEventListener("click", (event) => {
    if (event.target.closest(".row") && Date.now() < swallowUntil) { event.preventDefault(); event.stopPropagation(); }
    swallowUntil = 0;
  }, { capture: true });
  zone.addEventListener("keydown", (event) => {
    const box = event.target.closest(".row")?.querySelector(".row__pick");
    if (box && event.key === "x" && !event.ctrlKey && !event.metaKey && !event.altKey) mark(box, !box.checked, event.shiftKey);
    if (event.key === "Escape" && picked.size) { event.stopPropagation(); clear(); }
  });
  form.addEventListener("reset", clear);
  form.addEventListener("htmx:finally:request", ({ detail }) => detail.ctx.request.method !== "GET" && detail.ctx.response?.status < 400 && clear());
  new MutationObserver((changes) => picked.size && changes.some(({ target }) => !form.contains(target)) && show()).observe(zone, { childList: true, subtree: true });
}
