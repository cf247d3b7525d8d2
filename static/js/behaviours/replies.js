// Quick replies: `/` at the start of the message opens them, typing narrows, arrows choose, Enter takes one.
const ASK_AFTER_MS = 150; // where there are more than a list holds, the server looks for what was typed
const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

export default function replies(form) {
  const field = form.elements.texto, chosen = form.elements.respuesta;
  const box = form.querySelector("[data-replies]"), chip = form.querySelector("[data-reply-chip]");
  let asked = "", soon = 0;

  const options = () => [...box.querySelectorAll("[role=option]")];
  const rank = (option, begin) => {
    const name = fold(option.querySelector(".reply__name").textContent).trim().slice(1);
    return name.startsWith(begin) ? 0 : name.includes(begin) ? 1 : 2;
  };
  // Names that begin with what was typed come first: Enter takes them.
  const sort = (begin) => {
    const order = options().map((option) => [rank(option, begin), Number(option.dataset.place), option]);
    order.sort(([a, first], [b, second]) => a - b || first - second);
    box.querySelector("[role=listbox]")?.append(...order.map(([, , option]) => option));
  };
  const shown = () => options().filter((option) => !option.hidden);
  const isOpen = () => !box.hidden;
  const point = (option) => {
    for (const each of options()) each.setAttribute("aria-selected", each === option);
    if (option) field.setAttribute("aria-activedescendant", option.id);
    else field.removeAttribute("aria-activedescendant");
    option?.scrollIntoView({ block: "nearest" });
  };
  const close = () => {
    box.hidden = true;
    point(null);
  };
  const ask = (q) => htmx.ajax("GET", `${box.dataset.replies}?q=${encodeURIComponent(q)}`, { source: box, target: box, swap: "innerHTML" });
  const narrow = () => {
    const card = box.firstElementChild, held = card?.dataset.asked ?? "", wanted = asked.trim();
    clearTimeout(soon);
    if (card && wanted !== held && ("more" in card.dataset || !wanted.startsWith(held))) soon = setTimeout(ask, ASK_AFTER_MS, wanted);
    sort(wanted === held ? "" : fold(wanted));
    const words = wanted === held ? [] : fold(wanted).split(/\s+/).filter(Boolean);
    for (const option of options()) {
      const text = fold(option.textContent);
      option.hidden = !words.every((word) => text.includes(word));
    }
    const none = box.querySelector("[data-none]");
    if (none) none.hidden = shown().length > 0;
    point(shown()[0]);
  };
  const open = () => {
    const isNew = !isOpen();
    box.hidden = false;
    narrow();
    if (isNew) ask(""); // each time anew: they may have changed
  };
  const mark = (id, words) => {
    chosen.value = id;
    chip.hidden = !id;
    chip.querySelector("[data-reply-words]").textContent = words;
  };
  const take = (option) => {
    const files = Number(option.dataset.files);
    field.value = option.dataset.text;
    mark(files ? option.dataset.reply : "", option.querySelector(".reply__name").textContent.trim());
    close();
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  };
  const move = (by) => {
    const there = shown();
    const at = there.findIndex((option) => option.getAttribute("aria-selected") === "true");
    point(there.at((at + by) % there.length));
  };

  field.addEventListener("input", () => {
    const wanted = /^\/([^\n]*)$/.exec(field.value);
    asked = wanted?.[1] ?? "";
    if (wanted) open();
    else close();
  });
  box.addEventListener("htmx:after:swap", narrow);
  box.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) take(option);
  });
  box.addEventListener("pointerdown", (event) => event.preventDefault());
  form.querySelector("[data-replies-open]").addEventListener("click", () => {
    field.focus();
    asked = "";
    if (isOpen()) close();
    else open();
  });
  form.querySelector("[data-reply-drop]").addEventListener("click", () => { mark("", ""); field.focus(); });
  document.addEventListener("click", (event) => { if (form.isConnected && !form.contains(event.target)) close(); });

  // Ahead of the composer, for which Enter means "send".
  form.addEventListener("keydown", (event) => {
    if (event.target !== field || !isOpen() || event.isComposing) return;
    const option = shown().find((each) => each.getAttribute("aria-selected") === "true");
    const act = { ArrowDown: () => move(1), ArrowUp: () => move(-1), Escape: close, Enter: option && (() => take(option)), Tab: option && (() => take(option)) }[event.key];
    if (!act || event.shiftKey) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    act();
  }, { capture: true });

  // The files belong to the message that was sent; they come back with it when it did not get out.
  form.addEventListener("htmx:config:request", (event) => {
    if (event.target !== form || !chosen.value) return;
    event.detail.ctx.waiaReply = [chosen.value, chip.querySelector("[data-reply-words]").textContent];
    mark("", "");
  });
  form.addEventListener("htmx:finally:request", (event) => {
    const { waiaReply: reply, response } = event.detail.ctx;
    if (reply && !chosen.value && (!response || (response.status >= 400 && ![409, 422].includes(response.status)))) mark(...reply);
  });
}
