// Says what htmx cannot: no connection, an expired login; and takes toasts away again.
const STAY_MS = 8_000;

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

// The login over the page. Afterwards the page is loaded anew: another person may have signed in.
async function askToSignIn() {
  const dialog = document.getElementById("signed-out");
  if (dialog.open) return;
  dialog.showModal();
  await htmx.ajax("GET", "/login", { source: dialog, target: "#sign-in-here", swap: "innerHTML" });
  dialog.querySelector("input[name=username]")?.focus();
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
  body.addEventListener("waia:signed-in", () => location.reload());
  body.addEventListener("click", (event) => event.target.closest("[data-dismiss]")?.closest(".toast").remove());
  new MutationObserver(() => {
    while (toasts.children.length > 1) toasts.firstElementChild.remove();
    const shown = toasts.firstElementChild;
    if (shown) setTimeout(() => shown.remove(), STAY_MS);
  }).observe(toasts, { childList: true });
}
