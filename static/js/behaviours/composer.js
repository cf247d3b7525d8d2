// The composer: Enter sends, what is typed is never lost, a message is never sent twice.
// Meta's clock and ours differ, so the window of 24 hours closes a little early; its last hours are told.
const MARGIN_MS = 120_000, TELL_BEFORE_MS = 4 * 3_600_000, LOOK_EVERY_MS = 30_000;
const MOST_LINES = 10, PADDING_PX = 18;

const key = (chat) => `waia.draft.${chat}`;

function recall(chat) {
  try { return JSON.parse(sessionStorage.getItem(key(chat))) ?? {}; } catch { return {}; }
}

function keep(chat, draft) {
  try {
    if (draft.text || draft.sending?.length || draft.files?.length) sessionStorage.setItem(key(chat), JSON.stringify(draft));
    else sessionStorage.removeItem(key(chat));
  } catch { /* private mode: the draft lives as long as the page */ }
}

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
  const sending = new Map();

  const grow = () => {
    if (CSS.supports("field-sizing", "content")) return;
    field.rows = 1;
    const line = Number.parseFloat(getComputedStyle(field).lineHeight);
    field.rows = Math.min(MOST_LINES, Math.max(1, Math.round((field.scrollHeight - PADDING_PX) / line)));
  };
  const attached = () => [...list.querySelectorAll("[data-attachment]")];
  const caption = (tile) => tile.querySelector("[name=pies]");
  const save = () => keep(chat, {
    text: field.value,
    sending: [...sending.values()].map(({ tiles, ...message }) => message),
    files: attached().map((tile) => [tile.dataset.attachment, caption(tile).value]),
  });
  const write = (text) => {
    field.value = text;
    grow();
    save();
    form.dispatchEvent(new CustomEvent("waia:written"));
  };
  const answer = (message, text) => {
    quoted.value = message;
    quote.hidden = !message;
    quote.querySelector("[data-quote-text]").textContent = text;
  };

  // What was on its way when the page was left may have arrived or not: its id makes sending it again harmless.
  const before = recall(chat);
  arrange(before.files ?? []);
  if (form.querySelector("#composer-error")) {
    write(joined(field.value, before.text === field.value ? "" : before.text));
  } else {
    if (before.sending?.length === 1 && !before.text) id.value = before.sending[0].id;
    write(joined(...(before.sending ?? []).map((each) => each.text), before.text));
  }
  if (quoted.value) answer(quoted.value, document.querySelector(`#message-${quoted.value} .bubble__words`)?.textContent ?? "…");

  field.addEventListener("input", () => { grow(); save(); });
  form.addEventListener("waia:files", save);
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.altKey) return;
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
    sending.set(message.id, message);
    id.value = newId();
    list.replaceChildren();
    answer("", "");
    write("");
    form.querySelector("#composer-error")?.remove();
    field.removeAttribute("aria-invalid");
  });
  form.addEventListener("htmx:finally:request", (event) => {
    const { waiaMessage: message, response } = event.detail.ctx;
    if (!message || !sending.delete(message.id)) return;
    if (!response || (response.status >= 400 && ![409, 422].includes(response.status))) giveBack(message);
    save();
  });

  function giveBack(message) {
    if (!field.value) id.value = message.id;
    if (message.quoted && !quoted.value) answer(message.quoted, "…");
    list.prepend(...message.tiles);
    field.value = joined(message.text, field.value);
    grow();
    form.dispatchEvent(new CustomEvent("waia:written"));
  }

  /** Files come back from the server as they were attached; their order and texts were ours to remember. */
  function arrange(known) {
    for (const [name, text] of known) {
      const tile = list.querySelector(`[data-attachment="${CSS.escape(name)}"]`);
      if (!tile) continue;
      caption(tile).value ||= text;
      list.append(tile);
    }
  }

  const follow = () => {
    const strip = document.getElementById(`holder-${chat}`);
    if (!strip || !form.isConnected) return;
    const ends = strip.dataset.window ? Date.parse(strip.dataset.window) - MARGIN_MS : 0;
    const ahead = Date.parse(document.body.dataset.now) - performance.timeOrigin;
    const left = ends - Date.now() - ahead;
    field.disabled = left <= 0;
    form.querySelector("[type=submit]").disabled = left <= 0;
    form.querySelector("[data-closed]").hidden = left > 0;
    const hint = form.querySelector("[data-window-left]");
    if (hint) hint.hidden = left <= 0 || left > TELL_BEFORE_MS;
  };
  document.addEventListener("waia:live", follow);
  const timer = setInterval(() => (form.isConnected ? follow() : clearInterval(timer)), LOOK_EVERY_MS);
  follow();
}
