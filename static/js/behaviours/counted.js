// Tells beside a field how much of Meta's limit is used, and when it is too much; nothing is cut off.
const TELL_FROM = 0.6;

let asked = "";

function count(field) {
  const limit = Number(field.dataset.limit), used = field.value.trim().length;
  const place = document.getElementById(`${field.id}-count`);
  if (!place) return;
  place.textContent = used > limit * TELL_FROM ? `${used}/${limit}` : "";
  if (used > limit) field.setAttribute("aria-invalid", "true");
  else if ("over" in place.dataset) field.removeAttribute("aria-invalid");
  place.toggleAttribute("data-over", used > limit);
}

/** A row that was added takes the focus; one that was removed leaves it to the one that came into its place. */
function focusAsked(form) {
  const [verb, section, row] = asked.split(".");
  asked = "";
  if (!verb) return;
  if (verb === "seccion") return form.querySelector(".menu-section:last-of-type input")?.focus();
  const rows = [...form.querySelectorAll(`#menu-section-${section} .menu-row`)];
  const next = verb === "fila" ? rows.at(-1) : rows[Math.min(Number(row), rows.length - 1)];
  (next ?? form).querySelector("input:not([type=hidden])")?.focus();
}

export default function counted(form) {
  const all = () => form.querySelectorAll("[data-limit]").forEach(count);
  form.addEventListener("input", ({ target }) => target.matches("[data-limit]") && count(target));
  form.addEventListener("waia:written", all);
  form.addEventListener("click", ({ target }) => { asked = target.closest("[name=hacer]")?.value ?? ""; });
  all();
  focusAsked(form);
}
