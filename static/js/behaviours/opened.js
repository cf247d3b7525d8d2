// A conversation came into view: its contact card as last left, and on wide screens the composer at hand.
const wide = matchMedia("(min-width: 900px)");

function toggleFacts(event) {
  if (!wide.matches) return;
  event.preventDefault();
  const root = document.documentElement;
  root.dataset.facts = root.dataset.facts === "open" ? "closed" : "open";
  try { localStorage.setItem("waia.facts", root.dataset.facts); } catch { /* private mode */ }
}

export default function opened(conversation) {
  for (const link of conversation.querySelectorAll("[data-facts-switch]")) link.addEventListener("click", toggleFacts);
  const typing = document.activeElement?.closest?.("input, textarea");
  if (wide.matches && !typing) conversation.querySelector("#composer-text:enabled")?.focus({ preventScroll: true });
}
