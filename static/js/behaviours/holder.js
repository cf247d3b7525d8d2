// The holder strip says "you" to whom it is about: the fragment is the same for everybody.
function tell(strip) {
  const mine = strip.dataset.owner !== "" && strip.dataset.owner === document.body.dataset.user;
  const set = (selector, hidden) => {
    const part = strip.querySelector(selector);
    if (part) part.hidden = hidden;
  };
  set("[data-you]", !mine);
  set("[data-someone]", mine);
  set("[data-take]", mine && strip.classList.contains("holder--person"));
}

export default function holder(strip) {
  const stop = new AbortController();
  tell(strip);
  // A morph keeps the element and undoes what was told.
  document.addEventListener("htmx:after:swap", () => (strip.isConnected ? tell(strip) : stop.abort()), { signal: stop.signal });
}
