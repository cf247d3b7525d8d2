// Opens the dialog when a fragment has been put into it, and empties it when it closes. A form inside that is marked
// so closes it when the server took what it sent.
export default function dialog(element) {
  let opener = null;
  document.addEventListener("htmx:before:request", ({ target }) => {
    if (target.getAttribute?.("hx-target") === "#dialog" && !element.contains(target)) opener = target;
  });
  element.addEventListener("htmx:after:request", (event) => {
    const { response } = event.detail.ctx;
    if (event.target.matches("[data-closes-dialog]") && response?.status === 200) element.close();
  });
  new MutationObserver(() => {
    if (!element.childElementCount || element.open) return;
    element.showModal();
    element.querySelector("textarea:enabled, input:checked, input[type=radio]:enabled")?.focus();
  }).observe(element, { childList: true });
  if (location.hash === "#plantillas") openPicker();
  element.addEventListener("click", (event) => {
    if (event.target === element || event.target.closest("[data-close]")) element.close();
  });
  element.addEventListener("close", () => {
    element.replaceChildren();
    const back = [opener, document.querySelector(".holder .button:not([hidden])"), document.getElementById("main")];
    back.find((one) => one?.isConnected && one.checkVisibility())?.focus();
  });
}

// A chat that was just opened with a number begins with a template.
function openPicker() {
  history.replaceState(history.state, "", location.pathname + location.search);
  const link = document.querySelector(".composer__templates");
  if (link?.checkVisibility()) link.click();
}
