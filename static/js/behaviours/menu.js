// A menu of actions: arrows move in it, Esc, a choice, or a click elsewhere closes it.
export default function menu(details) {
  const summary = details.querySelector("summary");
  const items = () => [...details.querySelectorAll(".menu__item")].filter((item) => item.offsetParent);
  const close = (refocus) => {
    details.open = false;
    if (refocus) summary.focus();
  };
  details.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && details.open) {
      event.stopPropagation();
      close(true);
    }
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!by || event.altKey) return;
    event.preventDefault();
    details.open = true;
    const found = items();
    found[(found.indexOf(document.activeElement) + by + found.length) % found.length]?.focus();
  });
  details.addEventListener("click", (event) => event.target.closest(".menu__item") && close(true));
  const stop = new AbortController();
  document.addEventListener("pointerdown", (event) => {
    if (!details.isConnected) stop.abort();
    else if (!details.contains(event.target)) close(false);
  }, { signal: stop.signal });
}
