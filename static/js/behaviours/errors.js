// Says what htmx cannot: no connection, an expired login; and takes toasts away again.
const STAY_MS = 8_000, STAY_LONG_MS = 12_000, MOST = 3;

function plainToast(text) {
  const toast = document.createElement("div");
  toast.className = "toast";
  toast.id = "toast";
  toast.setAttribute("role", "alert");
  toast.textContent = text;
  document.getElementById("toasts").replaceChildren(toast);
  return toast;
}

// Our own errors say where they go; the page of a proxy does not, and must not land in the panel.
function isForeign({ response, sourceElement }) {
  if (!(response?.status >= 400) || response.headers.get("HX-Retarget") || response.headers.get("HX-Reswap")) return false;
  return ![...sourceElement.attributes].some((attribute) => attribute.name.startsWith("hx-status:"));
}

// The login over the page. What was typed and attached stays where it is.
async function askToSignIn() {
  const dialog = document.getElementById("signed-out");
  if (dialog.open) return;
  dialog.showModal();
  await htmx.ajax("GET", "/login", { source: dialog, target: "#sign-in-here", swap: "innerHTML" });
  dialog.querySelector("input[name=username]")?.focus();
}

// The same person goes on with the token of the new login; for anybody else the page is loaded anew.
function goOn(body, { csrf, user }) {
  if (String(user) !== body.dataset.user) return location.reload();
  const headers = [...body.attributes].find(({ name }) => name.startsWith("hx-headers"));
  body.setAttribute(headers.name, JSON.stringify({ ...JSON.parse(headers.value), "X-CSRF-Token": csrf }));
  for (const field of document.querySelectorAll("input[name=_csrf]")) field.value = csrf;
  document.getElementById("signed-out").close();
  document.getElementById("sign-in-here").replaceChildren();
  document.dispatchEvent(new CustomEvent("waia:resume"));
}

function leaveChat(body, gone) {
  if (gone && document.querySelector(".conversation--open")) plainToast(body.dataset.gone);
  document.querySelector(".conversation__back")?.click();
}

// Each toast goes by itself, but not while somebody reads or reaches for it.
function expire(toast) {
  setTimeout(() => (toast.matches(":hover, :focus-within") ? expire(toast) : toast.remove()), toast.matches(".toast--long, :has([data-undo])") ? STAY_LONG_MS : STAY_MS);
}

export default function errors(body) {
  const toasts = document.getElementById("toasts");
  body.addEventListener("htmx:error", (event) => {
    if (event.target.id !== "stream") plainToast(body.dataset.offline);
  });
  body.addEventListener("htmx:before:swap", (event) => {
    if (!isForeign(event.detail.ctx)) return;
    event.preventDefault();
    plainToast(body.dataset.failed);
  });
  body.addEventListener("waia:sign-in", askToSignIn);
  body.addEventListener("waia:signed-in", ({ detail }) => goOn(body, detail));
  body.addEventListener("waia:leave", ({ detail }) => leaveChat(body, detail?.gone));
  body.addEventListener("click", (event) => event.target.closest("[data-dismiss]")?.closest(".toast").remove());
  new MutationObserver((changes) => {
    while (toasts.children.length > MOST) toasts.firstElementChild.remove();
    for (const { addedNodes } of changes) for (const toast of addedNodes) if (toast.nodeType === Node.ELEMENT_NODE) expire(toast);
  }).observe(toasts, { childList: true });
}
