// A value that is to be handed over: one click puts it on the clipboard; where that is not allowed it is marked.
export default function copy(box) {
  const source = box.querySelector("[data-copy-source]"), button = box.querySelector("[data-copy]");
  source.addEventListener("focus", () => source.select());
  button.addEventListener("click", async () => {
    source.select();
    try { await navigator.clipboard.writeText(source.value); } catch { document.execCommand("copy"); }
    button.querySelector("[data-copy-words]").textContent = button.dataset.copied;
  });
}
