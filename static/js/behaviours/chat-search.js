// Search in the open chat: its field, how many there are, and the way from one to the next, the newest first.
export default function chatSearch(bar) {
  const field = bar.querySelector("input");
  const way = bar.querySelector("[data-way]");
  const conversation = bar.closest(".conversation");
  let ids = [], at = -1;

  const place = () => {
    const shown = bar.querySelector("[data-place]");
    if (shown) shown.textContent = shown.dataset.place.replace("##", ids.length).replace("#", at + 1);
  };
  const show = () => {
    place();
    const address = new URL(way.href);
    address.search = new URLSearchParams({ mensaje: ids[at], buscar: field.value });
    way.href = address;
    way.hash = `message-${ids[at]}`;
    document.getElementById("thread").dispatchEvent(new CustomEvent("waia:goto", { detail: { link: way } }));
  };
  const step = (by) => {
    if (!ids.length) return;
    at = (at + by + ids.length) % ids.length;
    show();
  };
  const found = () => {
    ids = (bar.querySelector("#chat-found").dataset.found ?? "").split(" ").filter(Boolean);
    const here = ids.indexOf(new URLSearchParams(location.search).get("mensaje"));
    at = ids.length ? Math.max(here, 0) : -1;
    if (here >= 0) place();
    else if (ids.length) show();
  };
  const open = () => {
    bar.hidden = false;
    field.focus();
    field.select();
  };
  const close = () => {
    bar.hidden = true;
    field.value = "";
    ids = [];
    bar.querySelector("#chat-found").textContent = "";
    conversation.querySelector("[data-search-switch]").focus();
  };

  new MutationObserver((changes) => {
    if (changes.some((change) => [...change.addedNodes].some((node) => node.id === "chat-found"))) found();
  }).observe(bar, { childList: true, subtree: true });
  bar.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button?.dataset.step) step(Number(button.dataset.step));
    else if (button && "close" in button.dataset) close();
  });
  bar.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Escape") close();
    else if (event.key === "Enter" && event.target === field && ids.length) step(event.shiftKey ? -1 : 1);
    else if (event.key === "ArrowUp" || event.key === "ArrowDown") step(event.key === "ArrowUp" ? 1 : -1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  conversation.querySelector("[data-search-switch]").addEventListener("click", (event) => {
    event.preventDefault();
    if (bar.hidden) open();
    else close();
  });
  const stop = new AbortController();
  document.addEventListener("keydown", (event) => {
    if (!bar.isConnected) return stop.abort();
    const wanted = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "f";
    if (!wanted || (!bar.hidden && event.target === field)) return; // twice: the browser's own
    event.preventDefault();
    open();
  }, { signal: stop.signal });
  if (!bar.hidden) field.focus({ preventScroll: true });
}
