// Opens the dialog when a fragment has been put into it, and empties it when it closes.
export default function dialog(element) {
  let opener = null;
  document.addEventListener("htmx:before:request", (event) => { opener = event.target; });
  new MutationObserver(() => {
    if (element.childElementCount && !element.open) element.showModal();
  }).observe(element, { childList: true });
  element.addEventListener("click", (event) => { if (event.target === element) element.close(); });
  element.addEventListener("close", () => {
    element.replaceChildren();
    opener?.focus?.();
  });
}
