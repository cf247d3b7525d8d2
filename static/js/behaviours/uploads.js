// Files of an owner's form: each goes to the server as soon as it is picked; the order in the list is that of sending.
export default function uploads(form) {
  const list = form.querySelector("[data-uploads-list]"), told = form.querySelector("[data-uploads-told]");
  const pick = form.querySelector("[data-uploads-pick]"), bar = form.querySelector("[data-uploads-bar]");
  const changed = () => form.dispatchEvent(new CustomEvent("waia:files", { bubbles: true }));
  const tell = (text) => {
    told.textContent = text;
    told.hidden = !text;
  };

  const send = (file) => new Promise((done) => {
    const request = new XMLHttpRequest();
    request.open("POST", `${form.dataset.upload}?${new URLSearchParams({ nombre: file.name })}`);
    request.setRequestHeader("X-CSRF-Token", form.elements._csrf.value);
    request.setRequestHeader("Content-Type", file.type || "application/octet-stream");
    request.upload.onprogress = ({ loaded, total }) => { if (loaded < total) bar.value = loaded / total; else bar.removeAttribute("value"); };
    request.onload = () => done(request);
    request.onerror = () => done(null);
    request.send(file);
  });

  function answered(request) {
    if (request?.status === 201) {
      const made = document.createElement("template");
      made.innerHTML = request.responseText;
      list.append(made.content);
      return changed();
    }
    if (request?.status === 401) document.body.dispatchEvent(new CustomEvent("waia:sign-in"));
    let message = request ? document.body.dataset.failed : document.body.dataset.offline;
    try { message = JSON.parse(request.responseText).message ?? message; } catch { /* the page of a proxy */ }
    tell(message);
  }

  pick.addEventListener("change", async () => {
    tell("");
    bar.hidden = false;
    for (const file of pick.files) answered(await send(file));
    bar.hidden = true;
    pick.value = "";
  });
  list.addEventListener("click", (event) => {
    const item = event.target.closest("li"), acts = { sooner: () => item.previousElementSibling?.before(item), later: () => item.nextElementSibling?.after(item), remove: () => item.remove() };
    const act = Object.keys(acts).find((name) => event.target.closest(`[data-${name}]`));
    if (!act) return;
    acts[act]();
    (act === "remove" ? pick : event.target.closest("button")).focus();
    changed();
  });
}
