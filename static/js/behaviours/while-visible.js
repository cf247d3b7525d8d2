// Asks for its element anew every twenty seconds while the page is looked at; what takes its place goes on by itself.
const EVERY_MS = 20_000;

export default function whileVisible(element) {
  const timer = setInterval(ask, EVERY_MS);

  function ask() {
    if (!element.isConnected) {
      clearInterval(timer);
      return;
    }
    if (document.visibilityState !== "visible" || element.contains(document.activeElement)) return;
    htmx.ajax("GET", element.dataset.address, { source: element, target: element, swap: "outerHTML" }).catch(() => {});
  }
}
