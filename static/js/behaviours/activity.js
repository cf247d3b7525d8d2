// A panel that can be seen counts as use of the login, so nobody is thrown out while reading.
const EVERY_MS = 5 * 60_000;

export default function activity(body) {
  if (!body.dataset.user) return;
  let told = Date.now();
  const tell = () => {
    if (document.hidden || Date.now() - told < EVERY_MS) return;
    told = Date.now();
    htmx.ajax("POST", "/sesiones/uso", { source: body, swap: "none" });
  };
  setInterval(tell, 15_000);
  document.addEventListener("visibilitychange", tell);
}
