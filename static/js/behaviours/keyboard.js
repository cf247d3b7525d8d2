// Keys of the panel: Alt+arrows or j and k go from chat to chat, / searches, Esc goes back to the composer or list.
function isTyping(target) {
  return target.closest?.("input, textarea, select, [contenteditable]") !== null;
}

function step(by) {
  const links = [...document.querySelectorAll("#chats .row__link")];
  const at = links.findIndex((link) => link.hasAttribute("aria-current"));
  const next = links[at < 0 ? (by > 0 ? 0 : links.length - 1) : at + by];
  if (!next) return;
  next.scrollIntoView({ block: "nearest" });
  next.click();
}

function escape(event) {
  if (document.querySelector("dialog[open]")) return;
  const composer = document.getElementById("composer-text");
  if (event.target === composer) document.querySelector("#chats .row__link[aria-current]")?.focus();
  else composer?.focus();
}

export default function keyboard(panel) {
  const stop = new AbortController();
  document.addEventListener("keydown", (event) => {
    if (!panel.isConnected) return stop.abort();
    if (event.ctrlKey || event.metaKey || event.isComposing) return;
    const typing = isTyping(event.target);
    const by = event.altKey ? { ArrowDown: 1, ArrowUp: -1 }[event.key] : typing ? 0 : { j: 1, k: -1 }[event.key];
    if (by) {
      event.preventDefault();
      step(by);
    } else if (event.key === "/" && !typing && !event.altKey) {
      event.preventDefault();
      document.getElementById("search")?.focus();
    } else if (event.key === "Escape") {
      escape(event);
    }
  }, { signal: stop.signal });
}
