// What only the author of something may do: the fragment is the same for everybody, and a morph hides it again.
function show(element) {
  for (const part of element.querySelectorAll("[data-own]")) part.hidden = false;
}

export default function own(element) {
  if (element.dataset.user !== document.body.dataset.user) return;
  const stop = new AbortController();
  show(element);
  document.addEventListener("htmx:after:swap", () => (element.isConnected ? show(element) : stop.abort()), { signal: stop.signal });
}
