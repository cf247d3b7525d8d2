// What is typed is never lost: kept in this tab at once and on the server a moment later, for every device.
const PAUSE_MS = 700, LONGEST_WAIT_MS = 4_000, AGAIN_MS = 10_000, MOST_SAVES = 6;

const key = (chat) => `waia.draft.${chat}`;

function recall(chat) {
  try { return JSON.parse(sessionStorage.getItem(key(chat))) ?? {}; } catch { return {}; }
}

function remember(chat, draft) {
  try {
    if (draft.text || draft.version || draft.other || draft.sending.length || draft.files.length || draft.saves.length) sessionStorage.setItem(key(chat), JSON.stringify(draft));
    else sessionStorage.removeItem(key(chat));
  } catch { /* private mode: the page and the server still have it */ }
}

/** Each text once, also where one holds another. */
function joined(...texts) {
  return texts.filter((text) => text?.trim()).reduce((all, text) => (all.includes(text) ? all : text.includes(all) ? text : `${all}\n${text}`), "");
}

export default function draft(form) {
  const { chat } = form.dataset, { user } = document.body.dataset;
  const { texto: field, borrador: seen, guardados: named } = form.elements, list = form.querySelector("[data-list]");
  const other = form.querySelector("[data-other]"), stop = new AbortController();
  const sending = new Map(), before = recall(chat), saves = new Set(before.saves);
  let version = Number(form.dataset.version);
  let saved = "refused" in form.dataset ? null : field.defaultValue;
  let refused = null, since = 0, timer = 0, running = false;

  const caption = (tile) => tile.querySelector("[name=pies]");
  const shown = (words) => {
    other.querySelector("[data-other-text]").textContent = words;
    other.hidden = !words;
  };
  const keep = () => remember(chat, {
    text: field.value,
    version,
    clean: field.value === saved,
    other: other.querySelector("[data-other-text]").textContent,
    sending: [...sending.values()].map(({ tiles, ...message }) => message),
    saves: [...saves],
    files: [...list.querySelectorAll("[data-attachment]")].map((tile) => [tile.dataset.attachment, caption(tile).value]),
  });
  const know = (number, text) => {
    version = number;
    saved = text;
    seen.value = number;
    keep();
  };
  const write = (text) => {
    field.value = text;
    form.dispatchEvent(new CustomEvent("waia:written"));
  };

  /** Files come back from the server as they were attached; their order and texts were ours to remember. */
  function arrange(known = []) {
    for (const [name, text] of known) {
      const tile = list.querySelector(`[data-attachment="${CSS.escape(name)}"]`);
      if (!tile) continue;
      caption(tile).value ||= text;
      list.append(tile);
    }
  }

  // What was on its way when the page was left may have arrived or not: its id makes sending it again harmless.
  function restore() {
    arrange(before.files);
    shown(before.other ?? "");
    const isBehind = before.version > version; // the page was drawn before this tab's last save
    const isNews = before.clean && before.version < version;
    if (isBehind) [version, saved] = [before.version, before.clean ? before.text : null];
    seen.value = version;
    named.value = [...saves].join(" "); // what the page before saved as it closed may still come
    const typed = isBehind || (before.text && !isNews) ? before.text : field.value;
    if ("refused" in form.dataset) return write(joined(field.value, before.text));
    if (before.sending?.length === 1 && !typed) form.elements.client_id.value = before.sending[0].id;
    write(joined(...(before.sending ?? []).map((each) => each.text), typed));
  }

  const tell = (more = {}) => document.dispatchEvent(new CustomEvent("waia:draft", { detail: { chat, user, text: field.value, ...more } }));

  function changed() {
    keep();
    tell();
    if (field.value === saved || field.value === refused || sending.size) return clearTimeout(timer);
    since ||= Date.now();
    wait(Math.min(PAUSE_MS, Math.max(0, since + LONGEST_WAIT_MS - Date.now())));
  }

  function wait(ms) {
    clearTimeout(timer);
    timer = setTimeout(push, ms);
  }

  async function push() {
    if (running || sending.size || field.value === saved) return;
    const text = field.value;
    running = true;
    since = 0;
    seen.value = version + 1; // what the sending then clears, whichever of the two comes first
    try {
      const answer = await put(text);
      if (answer.ok) know((await answer.json()).version, text);
      else if (answer.status === 409) collide(await answer.json());
      else if (answer.status < 500 && answer.status !== 401) refused = text; // too long, or not our chat any more
      else if (answer.status !== 401) wait(AGAIN_MS);
    } catch {
      if (form.isConnected) wait(AGAIN_MS);
    } finally {
      running = false;
    }
    if (field.value !== text) changed();
  }

  /** Until an answer comes it may still arrive, also after the page is gone: a sending names what it takes along. */
  async function put(text, last = false) {
    const guardado = Math.random().toString(36).slice(2, 14);
    const body = new URLSearchParams({ texto: text, version, guardado, ultimo: last ? "1" : "" });
    const headers = { "X-CSRF-Token": form.elements._csrf.value, Accept: "application/json" };
    saves.add(guardado);
    nameSaves();
    const answer = await fetch(`/chats/${chat}/borrador`, { method: "PUT", keepalive: last, headers, body });
    saves.delete(guardado);
    nameSaves();
    return answer;
  }

  function nameSaves() {
    for (const oldest of [...saves].slice(0, -MOST_SAVES)) saves.delete(oldest);
    named.value = [...saves].join(" ");
    keep();
  }

  /** Another tab or device wrote meanwhile. What it holds beyond our words is shown before ours take its place. */
  function collide({ version: number, text }) {
    know(number, text);
    const mine = field.value;
    if (text && !mine.includes(text)) shown(text);
    if (mine.trim() && mine !== text) wait(PAUSE_MS);
    keep();
  }

  /** The page may be gone before an answer comes: the server then keeps both texts. */
  function leave() {
    if (field.value === saved || field.value === refused || !field.value.trim() && sending.size) return;
    clearTimeout(timer);
    seen.value = version + 1;
    put(field.value, true).then(async (answer) => answer.ok && know((await answer.json()).version, field.value)).catch(() => {});
  }

  for (const name of ["input", "waia:written", "waia:files"]) form.addEventListener(name, changed);
  form.addEventListener("htmx:config:request", ({ target, detail }) => {
    const message = detail.ctx.waiaMessage;
    if (target === form && message) sending.set(message.id, message);
    keep();
  });
  form.addEventListener("htmx:finally:request", ({ detail }) => {
    const { waiaMessage: message, response } = detail.ctx;
    if (!message || !sending.delete(message.id)) return;
    const left = response?.status === 200 && response.headers.get("X-Waia-Draft");
    if (left) know(Number(left), "");
    changed();
    if (left) tell({ sent: message.text });
  });
  other.addEventListener("click", ({ target }) => {
    if (!target.closest("button")) return;
    if (target.closest("[data-other-add]")) write(joined(field.value, other.querySelector("[data-other-text]").textContent));
    shown("");
    keep();
    field.focus();
  });
  // Also after another chat was opened, until what was typed here is safe.
  const on = (where, name, act) => where.addEventListener(name, (event) => {
    if (form.isConnected || field.value !== saved) act(event);
    else stop.abort();
  }, { signal: stop.signal });
  on(globalThis, "pagehide", leave);
  on(document, "visibilitychange", () => document.hidden && leave());
  on(document, "waia:resume", changed);
  // Sent in another tab: the same words here are done with.
  on(document, "waia:draft-elsewhere", ({ detail }) => {
    if (detail.chat !== chat || detail.user !== user || !detail.sent || field.value.trim() !== detail.sent.trim()) return;
    saved = "";
    write("");
  });
  restore();
}
