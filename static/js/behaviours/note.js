// The form of an internal note: Enter saves, Esc puts it away; what was typed stays until it is saved.
const key = (form) => `waia.note.${form.getAttribute("action")}`;

export default function note(details) {
  const form = details.querySelector("form"), field = form.elements.nota;
  try { field.value ||= sessionStorage.getItem(key(form)) ?? ""; } catch { /* private mode */ }
  const keep = () => {
    try { sessionStorage.setItem(key(form), field.value); } catch { /* private mode */ }
  };
  field.addEventListener("input", keep);
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      if (field.value.trim()) form.requestSubmit();
    } else if (event.key === "Escape") {
      event.stopPropagation();
      details.open = false;
      details.querySelector("summary").focus();
    }
  });
  form.addEventListener("htmx:finally:request", ({ detail }) => {
    if (!(detail.ctx.response?.status < 400)) return;
    field.value = "";
    keep();
    form.elements.client_id.value = crypto.getRandomValues(new Uint32Array(4)).join("");
    details.open = false;
    details.querySelector("summary").focus();
  });
}
