// The contact card: what stands in the conversation is shown there, where the conversation is beside the card.
export default function chatFiles(part) {
  const card = part.closest(".facts");
  card.addEventListener("click", (event) => {
    const link = event.target.closest("[data-goto]"), thread = document.getElementById("thread");
    if (!link || !thread?.checkVisibility() || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    thread.dispatchEvent(new CustomEvent("waia:goto", { detail: { link } }));
  });
}
