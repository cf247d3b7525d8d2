// The scroller of messages: stays at the newest when there, keeps its place when not, counts what came meanwhile.
const NEAR = 80, READ_AFTER_MS = 400;

function bubbleOf(target) {
  return target.closest?.(".message");
}

export default function scroll(thread) {
  const scroller = thread.querySelector(".thread__scroll");
  const list = scroller.querySelector("ol");
  const jump = thread.querySelector("[data-jump]");
  const badge = thread.querySelector("[data-jump-count]");
  let newest = list.lastElementChild?.id ?? "", missed = 0, reading = 0;

  // The scroller is reversed: 0 is the newest message, older ones are below zero.
  const isAtEnd = () => scroller.scrollTop > -NEAR;
  const show = () => {
    if (isAtEnd()) missed = 0;
    jump.hidden = isAtEnd();
    badge.hidden = missed === 0;
    badge.textContent = missed > 99 ? "99+" : missed;
  };
  const read = () => {
    clearTimeout(reading);
    reading = setTimeout(() => {
      const strip = document.querySelector(".holder[data-unread]");
      if (!list.isConnected || document.hidden || !isAtEnd() || !strip || strip.dataset.unread === "0") return;
      strip.dataset.unread = "0";
      htmx.ajax("POST", list.dataset.readUrl, { source: strip, swap: "none" });
    }, READ_AFTER_MS);
  };

  new MutationObserver((changes) => {
    const fresh = new Set(changes.flatMap((change) => [...change.addedNodes]));
    const arrived = [];
    for (let last = list.lastElementChild; fresh.has(last) && last.id !== newest; last = last.previousElementSibling) arrived.push(last);
    newest = list.lastElementChild?.id ?? "";
    if (!isAtEnd()) missed += arrived.filter((message) => message.dataset.from === "customer").length;
    if (arrived[0]?.dataset.from === "user") scroller.scrollTop = 0;
    show();
    read();
  }).observe(list, { childList: true });

  scroller.addEventListener("scroll", () => { show(); read(); }, { passive: true });
  jump.addEventListener("click", () => { scroller.scrollTop = 0; scroller.focus({ preventScroll: true }); });
  document.addEventListener("visibilitychange", read);
  document.addEventListener("waia:live", read);

  scroller.addEventListener("click", (event) => {
    const link = event.target.closest("[data-quoted]");
    const original = link && document.getElementById(link.hash.slice(1));
    if (!original) return;
    event.preventDefault();
    const bubble = original.querySelector(".bubble");
    original.scrollIntoView({ block: "center" });
    bubble.focus({ preventScroll: true });
    bubble.classList.add("bubble--found");
    setTimeout(() => bubble.classList.remove("bubble--found"), 1600);
  });
  scroller.addEventListener("click", (event) => {
    if (event.target.closest("[data-copy]")) {
      navigator.clipboard?.writeText(bubbleOf(event.target).querySelector(".bubble__words").textContent);
    }
    const reply = event.target.closest("[data-reply]");
    if (reply) {
      const text = bubbleOf(reply).querySelector(".bubble__words").textContent.trim();
      const detail = { id: reply.dataset.reply, text: text || bubbleOf(reply).querySelector(".card__title")?.textContent || "…" };
      document.dispatchEvent(new CustomEvent("waia:quote", { detail }));
    }
  });
  show();
  read();
}
