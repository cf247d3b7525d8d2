// A conversation came into view: its contact card as last left, and on wide screens the composer at hand.
const wide = matchMedia("(min-width: 900px)");

const root = document.documentElement;

function showFacts(state) {
  root.dataset.facts = state;
  try { localStorage.setItem("waia.facts", state); } catch { /* private mode */ }
}

function toggleFacts(event) {
  if (!wide.matches) return;
  event.preventDefault();
  showFacts(root.dataset.facts === "open" ? "closed" : "open");
}

/** From the menu to what the card has for it. */
function openFacts(event) {
  if (!wide.matches) return;
  event.preventDefault();
  showFacts("open");
  requestAnimationFrame(() => document.querySelector("#facts .role")?.focus()); // the menu that closes takes the focus first
}

export default function opened(conversation) {
  for (const link of conversation.querySelectorAll("[data-facts-switch]")) link.addEventListener("click", toggleFacts);
  conversation.querySelector("[data-facts-open]")?.addEventListener("click", openFacts);
  if (wide.matches && conversation.matches(".conversation--facts")) root.dataset.facts = "open"; // its address says so
  const typing = document.activeElement?.closest?.("input, textarea");
  if (wide.matches && !typing) conversation.querySelector("#composer-text:enabled")?.focus({ preventScroll: true });
}
