// The builder of a message with options: Enter goes on, and what is typed while the server draws the form anew is kept.
const FIELDS = "input:not([type=hidden], [type=radio]), textarea";

let asked = ""; // what was last wished: a row more (`fila.0`), one less (`quitar.0.2`), a section (`seccion`)
let late = []; // what was typed between the request and its answer
let here = null; // the field that somebody stands in, and where in it

function typed(form) {
  return [...form.querySelectorAll(FIELDS)].map((field) => [field.name, field.value]);
}

/** Where the answer has the field: what stood below a row or a section that was removed moves up. */
function moved(name, form) {
  const [verb, section, row] = asked.split("."), [kind, ...at] = name.split(".");
  if (verb !== "quitar" || !["r", "s"].includes(kind)) return name;
  const isWhole = form.querySelectorAll(`#menu-section-${section} .menu-row`).length === 1;
  if (!isWhole && (kind === "s" || at[0] !== section)) return name;
  const place = isWhole ? 0 : 1, gone = Number(isWhole ? section : row);
  if (Number(at[place]) === gone) return "";
  if (Number(at[place]) > gone) at[place] -= 1;
  return [kind, ...at].join(".");
}

function giveBack(form) {
  for (const [name, value] of late) {
    const field = form.elements[name];
    if (!field) continue;
    field.value = value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

function stayHere(form) {
  const [name, caret] = here;
  form.elements[name]?.focus();
  form.elements[name]?.setSelectionRange(caret, caret);
}

/** A row that was added takes the focus; one that was removed leaves it to the one that came into its place. */
function focusAsked(form) {
  const [verb, section, row] = asked.split(".");
  if (!verb) return [...form.querySelectorAll("[aria-invalid=true]")].find((field) => field.checkVisibility())?.focus();
  if (verb === "seccion") return form.querySelector(".menu-section:last-of-type input")?.focus();
  const rows = [...form.querySelectorAll(`#menu-section-${section} .menu-row`)];
  const next = verb === "fila" ? rows.at(-1) : rows[Math.min(Number(row), rows.length - 1)];
  (next ?? form).querySelector("input:not([type=hidden])")?.focus();
}

/** In a row to the next one, which is added where there is none; else to the next field. */
function goOn(field, form) {
  const row = field.closest(".menu-row"), fields = [...form.querySelectorAll(FIELDS)].filter((each) => each.checkVisibility());
  const next = row ? row.nextElementSibling?.querySelector("input") : fields[fields.indexOf(field) + 1];
  const more = row?.closest(".menu-section").querySelector("[name=hacer][value^=fila]:enabled");
  if (next) next.focus();
  else if (more && field.value.trim()) more.click();
  else form.querySelector(".menu-builder__actions button").focus();
}

export default function menuForm(form) {
  const { texto } = form.elements;
  form.addEventListener("click", ({ target }) => {
    const button = target.closest("button");
    if (!button) return;
    asked = button.name === "hacer" ? button.value : "";
    button.focus(); // not every browser does that by itself
  });
  form.addEventListener("change", ({ target }) => {
    if (!target.dataset.textLimit) return;
    texto.dataset.limit = target.dataset.textLimit;
    form.dispatchEvent(new CustomEvent("waia:written"));
  });
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || !event.target.matches("input")) return;
    event.preventDefault();
    if (event.target.matches(FIELDS)) goOn(event.target, form);
  });
  form.addEventListener("htmx:before:request", ({ target, detail }) => {
    if (target === form || target.name === "hacer") detail.ctx.waiaTyped = typed(form);
  });
  form.addEventListener("htmx:before:swap", ({ detail: { ctx, tasks } }) => {
    if (!ctx.waiaTyped || !tasks.some(({ target }) => target?.contains?.(form))) return;
    const before = new Map(ctx.waiaTyped), field = document.activeElement;
    late = typed(form).filter(([name, value]) => before.get(name) !== value).map(([name, value]) => [moved(name, form), value]);
    here = form.contains(field) && field.matches(FIELDS) ? [moved(field.name, form), field.selectionEnd] : null;
  });
  giveBack(form);
  if (here) stayHere(form);
  else focusAsked(form);
  [late, here, asked] = [[], null, ""];
}
