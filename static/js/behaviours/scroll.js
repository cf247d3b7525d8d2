// The scroller of messages: stays at the newest when there, keeps its place when not, counts and tells what came meanwhile.
const NEAR = 80, READ_AFTER_MS = 400, LONGEST_TOLD = 300;

export default function scroll(thread) {
  const scroller = thread.querySelector(".thread__scroll");
  const list = scroller.querySelector("ol");
  const jump = thread.querySelector("[data-jump]");
  const badge = thread.querySelector("[data-jump-count]");
  const recent = thread.querySelector("[data-recent]");
  let newest = list.lastElementChild?.id ?? "", missed = 0, reading = 0;

  // The scroller is reversed: 0 is the newest message, older ones are below zero.
  const isAtEnd = () => scroller.scrollTop > -NEAR;
  const isOwn = (message) => message.dataset.user === document.body.dataset.user;
  const show = () => {
    if (isAtEnd()) missed = 0;
    jump.hidden = isAtEnd() || Boolean(recent);
    badge.hidden = missed === 0;
    badge.textContent = missed > 99 ? "99+" : missed;
  };
  const read = () => {
    clearTimeout(reading);
    reading = setTimeout(() => {
      const strip = document.querySelector(".holder[data-unread]");
      if (recent || !list.isConnected || document.hidden || !isAtEnd() || !strip || strip.dataset.unread === "0") return;
      strip.dataset.unread = "0";
      htmx.ajax("POST", list.dataset.readUrl, { source: strip, swap: "none" });
    }, READ_AFTER_MS);
  };

  /** Read aloud once, when it comes; older ones that load, and bubbles that change, are not news. */
  const tell = (message) => {
    const words = message.querySelector(".bubble__words")?.textContent.trim() || message.querySelector(".card__title")?.textContent;
    const who = message.querySelector("[data-who]")?.textContent.trim() ?? "";
    thread.querySelector("[data-heard]").textContent = `${who}: ${words ?? ""}`.slice(0, LONGEST_TOLD);
  };

  new MutationObserver((changes) => {
    const fresh = new Set(changes.flatMap((change) => [...change.addedNodes]));
    const arrived = [];
    for (let last = list.lastElementChild; fresh.has(last) && last.id !== newest; last = last.previousElementSibling) arrived.push(last);
    newest = list.lastElementChild?.id ?? "";
    if (!isAtEnd()) missed += arrived.filter((message) => message.dataset.from === "customer").length;
    if (arrived[0] && isOwn(arrived[0])) scroller.scrollTop = 0;
    else if (arrived[0]) tell(arrived[0]);
    show();
    read();
  }).observe(list, { childList: true });

  scroller.addEventListener("scroll", () => { show(); read(); }, { passive: true });
  jump.addEventListener("click", () => { scroller.scrollTop = 0; scroller.focus({ preventScroll: true }); });
  document.addEventListener("visibilitychange", read);
  document.addEventListener("waia:live", read);
  if (recent) followOwnWords(recent);
  show();
  read();
}

/** Whoever writes while reading old messages wants to see what was written. */
function followOwnWords(recent) {
  const stop = new AbortController();
  document.addEventListener("htmx:after:request", ({ detail }) => {
    if (!recent.isConnected) return stop.abort();
    if (detail.ctx.response?.raw?.ok && detail.ctx.sourceElement.matches?.(".composer")) recent.click();
  }, { signal: stop.signal });
}
