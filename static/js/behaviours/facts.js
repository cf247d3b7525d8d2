// The contact card is read again when somebody changed it, unless one is editing it just now.
export default function facts(card) {
  const stop = new AbortController();
  document.addEventListener("waia:facts", () => {
    if (!card.isConnected) return stop.abort();
    if (card.querySelector(".facts__edit[open]") || !card.offsetParent) return card.toggleAttribute("data-stale", true);
    htmx.ajax("GET", card.dataset.url, { source: card, target: "#facts", swap: "outerHTML" });
  }, { signal: stop.signal });
}
