// Tells beside a field how much of Meta's limit is used, and when it is too much; nothing is cut off.
const TELL_FROM = 0.6;

function count(field) {
  const limit = Number(field.dataset.limit), used = field.value.trim().length;
  const place = document.getElementById(`${field.id}-count`);
  if (!place) return;
  place.textContent = used > limit * TELL_FROM ? `${used}/${limit}` : "";
  if (used > limit) field.setAttribute("aria-invalid", "true");
  else if ("over" in place.dataset) field.removeAttribute("aria-invalid");
  place.toggleAttribute("data-over", used > limit);
}

export default function counted(form) {
  const all = () => form.querySelectorAll("[data-limit]").forEach(count);
  form.addEventListener("input", ({ target }) => target.matches("[data-limit]") && count(target));
  form.addEventListener("waia:written", all);
  all();
}
