// A <details> that floats: Esc and a click elsewhere close it, and the focus goes back to what opened it.
export default function popover(details) {
  const stop = new AbortController();
  const opener = details.querySelector("summary");
  const on = (name, act) => document.addEventListener(name, (event) => (details.isConnected ? act(event) : stop.abort()), { signal: stop.signal });
  on("click", (event) => { if (!details.contains(event.target)) details.open = false; });
  details.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !details.open) return;
    event.stopPropagation();
    details.open = false;
    opener.focus();
  });
  details.addEventListener("formdata", ({ formData }) => {
    for (const [name, value] of [...formData]) if (value === "") formData.delete(name);
  });
}
