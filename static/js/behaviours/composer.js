// The composer: Enter sends, what is typed is never lost, a message is never sent twice.
// Meta's clock and ours differ, so the window of 24 hours closes a little early; its last hours are told.
const MARGIN_MS = 120_000, TELL_BEFORE_MS = 4 * 3_600_000, LOOK_EVERY_MS = 30_000;
const MOST_LINES = 10, PADDING_PX = 18;

function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function joined(...texts) {
  return texts.filter((text) => text?.trim()).join("\n");
}

export default function composer(form) {
  const chat = form.dataset.chat;
  const field = form.elements.texto, id = form.elements.client_id, quoted = form.elements.responde_a;
  const quote = form.querySelector("[data-quote]");
  const list = form.querySelector("[data-list]");

  const grow = () => {
    if (CSS.supports("field-sizing", "content")) return;
    field.rows = 1;
    const line = Number.parseFloat(getComputedStyle(field).lineHeight);
    field.rows = Math.min(MOST_LINES, Math.max(1, Math.round((field.scrollHeight - PADDING_PX) / line)));
  };
  const attached = () => [...list.querySelectorAll("[data-attachment]")];
  const write = (text) => {
    field.value = text;
    form.dispatchEvent(new CustomEvent("waia:written"));
  };
  const answer = (message, text) => {
    quoted.value = message;
    quote.hidden = !message;
    quote.querySelector("[data-quote-text]").textContent = text;
  };

  if (quoted.value) answer(quoted.value, document.querySelector(`#message-${quoted.value} .bubble__words`)?.textContent ?? "…");

  for (const name of ["input", "waia:written"]) form.addEventListener(name, grow);
  field.addEventListener("keydown", (event) => {
    // Safari ends a composition first and then tells of the Enter that ended it, with the code 229.
    if (event.key !== "Enter" || event.shiftKey || event.altKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    form.requestSubmit();
  });
  form.querySelector("[data-quote-drop]").addEventListener("click", () => { answer("", ""); field.focus(); });
  document.addEventListener("waia:quote", (event) => {
    if (!form.isConnected) return;
    answer(event.detail.id, event.detail.text);
    field.focus();
  });

  form.addEventListener("submit", (event) => {
    if (field.value.trim() || attached().length || form.elements.respuesta.value) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, { capture: true });

  // The form is emptied as soon as its values are taken, so that the next message can be typed at once.
  form.addEventListener("htmx:config:request", (event) => {
    if (event.target !== form) return;
    const ctx = event.detail.ctx;
    const message = { id: id.value, text: field.value, quoted: quoted.value, tiles: [...list.children] };
    ctx.waiaMessage = message;
    id.value = newId();
    list.replaceChildren();
    answer("", "");
    write("");
    form.querySelector("#composer-error")?.remove();
    field.removeAttribute("aria-invalid");
  });
  form.addEventListener("htmx:finally:request", (event) => {
    const { waiaMessage: message, response } = event.detail.ctx;
    if (message && (!response || (response.status >= 400 && ![409, 422].includes(response.status)))) giveBack(message);
  });

  function giveBack(message) {
    if (!field.value) id.value = message.id;
    if (message.quoted && !quoted.value) answer(message.quoted, "…");
    list.prepend(...message.tiles);
    write(joined(message.text, field.value));
  }

  const follow = () => {
    const strip = document.getElementById(`holder-${chat}`);
    if (!strip || !form.isConnected) return;
    const ends = strip.dataset.window ? Date.parse(strip.dataset.window) - MARGIN_MS : 0;
    const ahead = Date.parse(document.body.dataset.now) - performance.timeOrigin;
    const left = ends - Date.now() - ahead;
    field.disabled = left <= 0;
    for (const button of form.querySelectorAll("[type=submit], [data-replies-open]")) button.disabled = left <= 0;
    form.querySelector("[data-closed]").hidden = left > 0;
    const hint = form.querySelector("[data-window-left]");
    if (hint) hint.hidden = left <= 0 || left > TELL_BEFORE_MS;
  };
  document.addEventListener("waia:live", follow);
  const timer = setInterval(() => (form.isConnected ? follow() : clearInterval(timer)), LOOK_EVERY_MS);
  follow();
}
