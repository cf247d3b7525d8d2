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

function askToSignIn() {
  const dialog = document.getElementById("signed-out");
  const link = dialog.querySelector("[data-login]");
  link.href = `/login?next=${encodeURIComponent(location.pathname + location.search)}`;
  if (!dialog.open) dialog.showModal();
}

export default function errors(body) {
  const toasts = document.getElementById("toasts");
  body.addEventListener("htmx:error", (event) => {
    if (event.target.id !== "stream") plainToast(body.dataset.offline);
  });
  body.addEventListener("waia:sign-in", askToSignIn);
  body.addEventListener("click", (event) => event.target.closest("[data-dismiss]")?.closest(".toast").remove());
  new MutationObserver(() => {
    while (toasts.children.length > 1) toasts.firstElementChild.remove();
    const shown = toasts.firstElementChild;
    if (shown) setTimeout(() => shown.remove(), STAY_MS);
  }).observe(toasts, { childList: true });
}
