// Keys of the panel: from chat to chat, and what one does with a chat all day. A dialog behind ? names them.
function isTyping(target) {
  return target.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable]") !== null;
}

// Where the last step led; the address follows only when the answer is there.
let wanted = null;
// Where the chat stood that is open: one that left the list has neighbours all the same.
let place = -1;

function step(by) {
  const links = [...document.querySelectorAll("#chats .row__link")];
  const here = wanted ?? location.pathname;
  const at = links.findIndex((link) => link.getAttribute("href") === here);
  const begin = by > 0 ? 0 : links.length - 1;
  const left = place < 0 || here === "/" ? begin : Math.min(by > 0 ? place : place - 1, links.length - 1);
  const next = links[at < 0 ? left : at + by];
  if (!next) return;
  place = links.indexOf(next);
  wanted = next.getAttribute("href");
  next.scrollIntoView({ block: "nearest" });
  next.click();
}

function press(selector) {
  const button = [...document.querySelectorAll(selector)].find((one) => one.checkVisibility());
  button?.click();
  return Boolean(button);
}

function openNote() {
  const note = document.querySelector(".note-form");
  if (!note) return;
  note.open = true;
  note.querySelector("textarea").focus(); // at once: what is typed next belongs to the note, and no letter is a key
}

const ACTS = {
  a: () => press("[data-take]:not([hidden])"),
  t: () => press("[data-key=transfer]"),
  e: () => press("[data-key=close]"),
  E: () => press("[data-key=close]") && step(1),
  n: openNote,
  r: () => document.querySelector("#composer-text:enabled")?.focus(),
  i: () => press("a[data-facts-switch]"),
  m: () => document.querySelector(".conversation .menu summary")?.click(),
  f: () => press(".filters__opener"),
  "?": () => htmx.ajax("GET", "/atajos", { source: document.body, target: "#dialog", swap: "innerHTML" }),
};

function escape(event) {
  if (document.querySelector("dialog[open]")) return;
  const composer = document.getElementById("composer-text");
  if (event.target === composer) document.querySelector("#chats .row__link[aria-current]")?.focus();
  else composer?.focus();
}

/** The tabs of the list by their number. */
function openTab(number) {
  document.querySelectorAll("#counts .tab")[number - 1]?.click();
}

function act(event, typing) {
  const key = event.altKey && event.code.startsWith("Key") ? event.code.at(-1)[event.shiftKey ? "toUpperCase" : "toLowerCase"]() : event.key;
  if ((typing && !event.altKey) || !Object.hasOwn(ACTS, key)) return;
  event.preventDefault();
  ACTS[key]();
}

export default function keyboard(panel) {
  const stop = new AbortController();
  document.addEventListener("keydown", (event) => {
    if (!panel.isConnected) return stop.abort();
    if (event.isComposing || document.querySelector("dialog[open]")) return;
    const typing = isTyping(event.target);
    if (event.ctrlKey || event.metaKey) {
      if (event.key === "z" && !typing && press("[data-undo]")) event.preventDefault();
      return;
    }
    const by = event.altKey ? { ArrowDown: 1, ArrowUp: -1 }[event.key] : typing ? 0 : { j: 1, k: -1 }[event.key];
    if (by) {
      event.preventDefault();
      step(by);
    } else if (event.key === "/" && !typing && !event.altKey) {
      event.preventDefault();
      document.getElementById("search")?.focus();
    } else if (/^Digit[1-6]$/.test(event.code) && (event.altKey || !typing) && !event.shiftKey) {
      event.preventDefault();
      openTab(Number(event.code.at(-1)));
    } else if (event.key === "Escape") {
      escape(event);
    } else {
      act(event, typing);
    }
  }, { signal: stop.signal });
  const arrived = () => { if (wanted === location.pathname) wanted = null; };
  for (const name of ["htmx:after:history:update", "popstate"]) addEventListener(name, arrived, { signal: stop.signal });
  panel.addEventListener("click", (event) => {
    const link = event.target.closest(".row__link");
    if (!link) return;
    wanted = link.getAttribute("href");
    place = [...document.querySelectorAll("#chats .row__link")].indexOf(link);
  });
}
