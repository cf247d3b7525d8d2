// The file in a template's header: uploaded at once, so that a form that comes back still has it; a link does as well.
export default function templateFile(box) {
  const form = box.closest("form"), dialog = box.closest("dialog");
  const { archivo: kept, _csrf: token, "v.header": link } = form.elements;
  const part = (name) => box.querySelector(`[data-${name}]`);

  const show = (name = part("name").textContent) => {
    part("name").textContent = name;
    part("chosen").hidden = !kept.value;
    part("picker").hidden = Boolean(kept.value);
    link.disabled = Boolean(kept.value);
    link.closest(".field").hidden = link.disabled && !link.hasAttribute("aria-invalid");
  };
  const tell = (status, error = "") => {
    part("status").textContent = status;
    part("error").textContent = error;
    part("error").hidden = !error;
  };
  /** Nobody else may find it: what was not sent is taken back. */
  const drop = () => {
    if (kept.value) fetch(`/media/${kept.value}`, { method: "DELETE", headers: { "X-CSRF-Token": token.value }, keepalive: true }).catch(() => {});
    kept.value = "";
  };

  async function upload(file) {
    const asked = new URLSearchParams({ nombre: file.name });
    if (box.dataset.kind === "document") asked.set("como", "documento");
    const headers = { "X-CSRF-Token": token.value, "Content-Type": file.type || "application/octet-stream" };
    tell(box.dataset.uploading);
    try {
      const answer = await fetch(`${box.dataset.address}?${asked}`, { method: "POST", headers, body: file });
      if (answer.status !== 201) return tell("", (await answer.json().catch(() => ({}))).message ?? document.body.dataset.failed);
      const made = document.createElement("template");
      made.innerHTML = await answer.text();
      kept.value = made.content.firstElementChild.dataset.attachment;
      if (!box.isConnected) return drop();
      show(made.content.querySelector(".attachment__name").textContent);
      tell(box.dataset.ready);
      part("drop").focus();
    } catch {
      tell("", box.dataset.offline);
    }
  }

  part("pick").addEventListener("change", ({ target }) => {
    const [file] = target.files;
    target.value = "";
    if (file) upload(file);
  });
  part("drop").addEventListener("click", () => {
    drop();
    show("");
    tell("");
    part("pick").focus();
  });
  form.addEventListener("click", ({ target }) => target.closest("[data-leaves]") && drop());
  form.addEventListener("htmx:after:request", ({ target, detail }) => {
    if (target === form && detail.ctx.response?.status === 200) kept.value = "";
  });
  dialog?.addEventListener("close", () => box.isConnected && drop(), { capture: true });
  show();
}
