// Focus never falls to the body: when a fragment with the focused part in it is replaced, its successor gets the focus.
const ZONES = ".holder, .menu, .facts, .message, .note-form, .row, .rule, .table__row, .part, .toasts";
let last = null;

function remember({ target }) {
  const zone = target.closest(ZONES);
  const parts = zone ? [...zone.querySelectorAll("a, button, summary, input, textarea")] : [];
  last = { id: target.id, zone: zone?.id ?? "", place: parts.indexOf(target) };
}

function restore() {
  if (!last || (document.activeElement && document.activeElement !== document.body)) return;
  const zone = last.zone && document.getElementById(last.zone);
  const parts = zone ? [...zone.querySelectorAll("a, button, summary, input, textarea")].filter((part) => part.checkVisibility()) : [];
  const heirs = [last.id && document.getElementById(last.id), parts[last.place], parts.at(-1)];
  heirs.push(document.querySelector("#composer-text:enabled"), document.querySelector("#thread-scroll"), document.getElementById("main"));
  heirs.find((heir) => heir && heir.checkVisibility())?.focus({ preventScroll: true });
}

// <details data-leads>: opening leads into its first field at once, not at the later `toggle`: no letter typed next is lost.
function lead(event) {
  const details = event.target.closest("summary")?.parentElement;
  if (event.defaultPrevented || !details?.matches("[data-leads]:not([open])")) return;
  event.preventDefault();
  details.open = true;
  const field = details.querySelector("select, textarea, input:not([type=hidden])");
  field?.focus();
  if (field?.matches("input")) field.select();
}

export default function focus(body) {
  body.addEventListener("click", lead);
  body.addEventListener("focusin", remember);
  document.addEventListener("htmx:after:swap", () => requestAnimationFrame(restore));
}
