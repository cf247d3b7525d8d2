// Asks for the cards that are in sight, every half minute while the page is looked at; 304 leaves a card as it is.
const EVERY_MS = 30_000;

export default function board(root) {
  const inSight = new Set();
  const watcher = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) inSight[isIntersecting ? "add" : "delete"](target.id);
  });
  const watch = () => root.querySelectorAll("[data-address]").forEach((card) => watcher.observe(card));

  async function ask(card) {
    if (card.contains(document.activeElement)) return;
    const opened = card.querySelector("details")?.open;
    const chart = window.Chart?.getChart(card.querySelector("canvas") ?? "");
    const id = card.id, tag = card.dataset.tag;
    await htmx.ajax("GET", card.dataset.address, { source: card, target: card, swap: "outerHTML", headers: { "If-None-Match": tag } });
    const fresh = document.getElementById(id);
    if (!fresh || fresh === card) return;
    chart?.destroy();
    const details = fresh.querySelector("details");
    if (details && opened !== undefined) details.open = opened;
    watcher.observe(fresh);
  }

  async function askAll() {
    if (document.visibilityState !== "visible") return;
    for (const id of [...inSight]) {
      const card = document.getElementById(id);
      if (card) await ask(card).catch(() => {});
    }
  }

  function redraw() {
    root.querySelectorAll("[data-address]").forEach((card) => card.dispatchEvent(new Event("board:redraw")));
  }

  watch();
  const timer = setInterval(() => (root.isConnected ? askAll() : clearInterval(timer)), EVERY_MS);
  document.addEventListener("visibilitychange", askAll);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  new MutationObserver(redraw).observe(document.documentElement, { attributeFilter: ["data-theme"] });
}
