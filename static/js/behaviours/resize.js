// The border between list and conversation: by mouse, touch, and arrow keys.
const LEAST = 360, MOST = 420, STEP = 10;

function apply(separator, width, keep) {
  const fit = Math.round(Math.min(MOST, Math.max(LEAST, width)));
  document.documentElement.style.setProperty("--list-width", `${fit}px`);
  separator.setAttribute("aria-valuenow", fit);
  if (keep) try { localStorage.setItem("waia.list-width", fit); } catch { /* private mode */ }
  return fit;
}

export default function resize(separator) {
  const list = document.getElementById(separator.getAttribute("aria-controls"));
  const width = () => list.getBoundingClientRect().width;
  separator.setAttribute("aria-valuenow", Math.round(Math.min(MOST, Math.max(LEAST, width()))));
  separator.addEventListener("pointerdown", (down) => {
    const start = width() - down.clientX;
    separator.setPointerCapture(down.pointerId);
    separator.classList.add("resizer--active");
    const move = (event) => apply(separator, start + event.clientX, false);
    separator.addEventListener("pointermove", move);
    separator.addEventListener("lostpointercapture", () => {
      separator.removeEventListener("pointermove", move);
      separator.classList.remove("resizer--active");
      apply(separator, width(), true);
    }, { once: true });
  });
  separator.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -STEP, ArrowRight: STEP, Home: -MOST, End: MOST }[event.key];
    if (!by) return;
    event.preventDefault();
    apply(separator, width() + by, true);
  });
}
