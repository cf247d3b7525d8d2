// Files of the composer: picked, pasted or dropped; checked, uploaded with progress, put in order, taken back.
const AT_ONCE = 2, FOREIGN = /\.(heic|heif|avif|svg)$/i, LARGEST_PREVIEW = 20_000_000;
const UNSEEN = /(?![\u200c\u200d])\p{Cf}/gu; // signs that turn a name around, so that it seems to end otherwise

const size = (bytes) => {
  const [value, unit] = bytes < 1e3 ? [bytes, "byte"] : bytes < 1e6 ? [bytes / 1e3, "kilobyte"] : [bytes / 1e6, "megabyte"];
  return new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit, maximumFractionDigits: 1 }).format(value);
};

const holdsFiles = (transfer) => [...(transfer?.types ?? [])].includes("Files");

export default function files(form) {
  const box = form.querySelector("[data-files]"), list = box.querySelector("[data-list]");
  const blank = box.querySelector("[data-blank]"), zone = box.querySelector("[data-dropzone]");
  const menu = form.querySelector("[data-attach-menu]");
  const jobs = new WeakMap(), waiting = [];
  const stop = new AbortController();
  let running = 0;

  const say = (text) => { box.querySelector("[data-status]").textContent = text; };
  const tell = (text) => {
    const told = box.querySelector("[data-told]");
    told.textContent = text;
    told.hidden = !text;
    if (text) say(text);
  };
  const changed = () => form.dispatchEvent(new CustomEvent("waia:files"));

  function add(chosen, how = {}) {
    if (form.elements.texto.disabled) return tell(box.dataset.closed);
    tell("");
    for (const file of chosen) place(file, how);
    changed();
  }

  function place(file, how) {
    const tile = blank.content.firstElementChild.cloneNode(true);
    const name = how.voice ? box.dataset.voice : file.name.replace(UNSEEN, "");
    tile.querySelector("[data-name]").textContent = name;
    jobs.set(tile, { file, how });
    preview(tile, file);
    list.append(tile);
    tile.scrollIntoView({ block: "nearest", inline: "end" });
    const complaint = flaw(file, how);
    if (complaint) return failed(tile, complaint);
    waiting.push(tile);
    next();
  }

  function preview(tile, file) {
    if (!/^image\/(jpeg|png|webp|gif)$/.test(file.type) || file.size > LARGEST_PREVIEW) return;
    const picture = new Image();
    picture.className = "attachment__picture";
    picture.alt = "";
    picture.src = URL.createObjectURL(file);
    picture.onload = () => URL.revokeObjectURL(picture.src);
    tile.querySelector("[data-view]").replaceChildren(picture);
  }

  function flaw(file, how) {
    if (!file.size) return { message: box.dataset.empty, final: true };
    if (file.size > Number(box.dataset.largest)) return { message: box.dataset.tooLarge, final: true };
    if (FOREIGN.test(file.name) && !how.asDocument) return { message: box.dataset.foreign, as_document: true, final: true };
    return null;
  }

  function next() {
    while (running < AT_ONCE && waiting.length) upload(waiting.shift());
  }

  function upload(tile) {
    const job = jobs.get(tile), { file, how } = job;
    if (!tile.isConnected) return;
    const asked = new URLSearchParams({ nombre: file.name });
    if (how.voice) asked.set("voz", "1");
    if (how.asDocument) asked.set("como", "documento");
    const request = new XMLHttpRequest();
    job.request = request;
    running += 1;
    request.open("POST", `/chats/${form.dataset.chat}/archivos?${asked}`);
    request.setRequestHeader("X-CSRF-Token", form.elements._csrf.value);
    request.setRequestHeader("Content-Type", file.type || "application/octet-stream");
    request.upload.onprogress = (event) => progress(tile, event.loaded, event.total);
    request.onload = () => answered(tile, request);
    request.onerror = () => failed(tile, { message: box.dataset.offline });
    request.onloadend = () => { running -= 1; next(); settle(); };
    tile.querySelector("[data-facts]").textContent = size(file.size);
    request.send(file);
  }

  // When all bytes are there the server still looks at them: the bar goes on without a measure.
  function progress(tile, loaded, total) {
    const bar = tile.querySelector("[data-progress]");
    if (loaded < total) bar.value = loaded / total;
    else bar.removeAttribute("value");
  }

  function answered(tile, request) {
    if (!tile.isConnected) return;
    if (request.status === 201) return arrived(tile, request.responseText);
    if (request.status === 401) return signedOut(tile);
    let told = {};
    try { told = JSON.parse(request.responseText); } catch { /* the page of a proxy */ }
    failed(tile, { ...told, message: told.message ?? document.body.dataset.failed, final: request.status === 422 });
  }

  // The file stays in hand while somebody signs in over the page, and goes up with the token of the new login.
  function signedOut(tile) {
    failed(tile, { message: box.dataset.offline });
    document.addEventListener("waia:resume", () => tile.isConnected && "failed" in tile.dataset && again(tile), { once: true });
    document.body.dispatchEvent(new CustomEvent("waia:sign-in"));
  }

  function arrived(tile, html) {
    const made = document.createElement("template");
    made.innerHTML = html;
    const hadFocus = tile.contains(document.activeElement);
    const fresh = made.content.firstElementChild;
    tile.replaceWith(fresh);
    if (hadFocus) (fresh.querySelector(".attachment__caption") ?? form.elements.texto).focus();
    say(box.dataset.ready);
    changed();
  }

  function failed(tile, { message, as_document: asDocument = false, final = false }) {
    tile.classList.add("attachment--failed");
    tile.dataset.failed = "";
    tile.querySelector("[data-facts]").textContent = size(jobs.get(tile).file.size);
    tile.querySelector("[data-progress]").hidden = true;
    const words = tile.querySelector("[data-error]");
    words.textContent = message;
    words.hidden = false;
    tile.querySelector("[data-retry]").hidden = final;
    tile.querySelector("[data-as-document]").hidden = !asDocument;
    tile.querySelector("[data-ways]").hidden = final && !asDocument;
    delete form.dataset.sendWhenReady;
    changed();
  }

  function again(tile, how = {}) {
    const job = jobs.get(tile);
    Object.assign(job.how = { ...job.how }, how);
    delete tile.dataset.failed;
    tile.classList.remove("attachment--failed");
    for (const part of ["[data-error]", "[data-ways]"]) tile.querySelector(part).hidden = true;
    const bar = tile.querySelector("[data-progress]");
    bar.hidden = false;
    bar.value = 0;
    waiting.push(tile);
    if (tile.contains(document.activeElement)) tile.querySelector("[data-remove]").focus();
    next();
  }

  function remove(tile) {
    const after = tile.nextElementSibling ?? tile.previousElementSibling;
    jobs.get(tile)?.request?.abort();
    tile.remove();
    if (tile.dataset.attachment) {
      const headers = { "X-CSRF-Token": form.elements._csrf.value };
      fetch(`/media/${tile.dataset.attachment}`, { method: "DELETE", headers, keepalive: true }).catch(() => {});
    }
    (after?.querySelector("[data-remove]") ?? form.elements.texto).focus();
    changed();
    settle();
  }

  function move(tile, by, button) {
    const other = by < 0 ? tile.previousElementSibling : tile.nextElementSibling;
    if (!other) return;
    if (by < 0) other.before(tile);
    else other.after(tile);
    button.focus();
    say(box.dataset.moved.replace("#", [...list.children].indexOf(tile) + 1));
    changed();
  }

  function settle() {
    if (list.querySelector("[data-uploading]") || !("sendWhenReady" in form.dataset)) return;
    delete form.dataset.sendWhenReady;
    tell("");
    if (form.isConnected) form.requestSubmit();
  }

  list.addEventListener("click", (event) => {
    const button = event.target.closest("button"), tile = button?.closest("li");
    if (!tile) return;
    if ("remove" in button.dataset) remove(tile);
    else if ("sooner" in button.dataset) move(tile, -1, button);
    else if ("later" in button.dataset) move(tile, 1, button);
    else if ("retry" in button.dataset) again(tile);
    else if ("asDocument" in button.dataset) again(tile, { asDocument: true });
  });
  list.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches(".attachment__caption") || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
  list.addEventListener("input", changed);

  form.addEventListener("submit", (event) => {
    const broken = list.querySelector("[data-failed]"), busy = list.querySelector("[data-uploading]");
    if (!busy) return tell("");
    event.preventDefault();
    event.stopImmediatePropagation();
    tell(broken ? box.dataset.fix : box.dataset.wait);
    if (broken) broken.querySelector("button:not([hidden])")?.focus();
    else form.dataset.sendWhenReady = "";
  }, { capture: true });

  for (const input of menu.querySelectorAll("[data-pick]")) {
    input.addEventListener("change", () => {
      add([...input.files], { asDocument: input.dataset.as === "document" });
      input.value = "";
      menu.open = false;
      form.elements.texto.focus();
    });
  }
  menu.querySelector("summary").addEventListener("click", (event) => {
    if (!form.elements.texto.disabled) return;
    event.preventDefault();
    tell(box.dataset.closed);
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    event.stopPropagation();
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  form.addEventListener("waia:file", ({ detail }) => {
    if (detail.send) form.dataset.sendWhenReady = "";
    add([detail.file], { voice: detail.voice });
  });

  // A table copied from a sheet brings a picture of itself along: there the text is meant.
  form.elements.texto.addEventListener("paste", (event) => {
    const pasted = [...(event.clipboardData?.files ?? [])];
    if (!pasted.length || event.clipboardData.getData("text/plain")) return;
    event.preventDefault();
    add(pasted);
  });

  const listen = (name, act) => document.addEventListener(name, (event) => {
    if (!form.isConnected) stop.abort();
    else if (holdsFiles(event.dataTransfer)) act(event);
  }, { signal: stop.signal });
  const isHere = (event) => form.closest(".conversation__main")?.contains(event.target) ?? form.contains(event.target);
  listen("dragover", (event) => {
    event.preventDefault();
    zone.hidden = !isHere(event);
    event.dataTransfer.dropEffect = zone.hidden ? "none" : "copy";
  });
  listen("dragleave", (event) => { if (!event.relatedTarget) zone.hidden = true; });
  listen("drop", (event) => {
    event.preventDefault();
    zone.hidden = true;
    if (isHere(event)) add([...event.dataTransfer.files]);
  });
  document.addEventListener("click", (event) => { if (!menu.contains(event.target) || event.target.closest("a")) menu.open = false; }, { signal: stop.signal });
}
