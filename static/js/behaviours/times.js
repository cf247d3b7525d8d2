// Keeps "5 min" true while the page stands open. The server's clock counts: it may be moved by the time machine.
const EVERY_MS = 20_000;

function words(body, age) {
  if (age < 60) return body.dataset.agoNow;
  if (age < 3600) return body.dataset.agoMinutes.replace("#", Math.floor(age / 60));
  return body.dataset.agoHours.replace("#", Math.floor(age / 3600));
}

export default function times(body) {
  const ahead = Date.parse(body.dataset.now) - Date.now();
  const until = (time, now) => {
    const minutes = Math.floor((Date.parse(time.dateTime) - now) / 60_000);
    const hours = minutes >= 60 ? `${body.dataset.agoHours.replace("#", Math.floor(minutes / 60))} ` : "";
    time.parentElement.hidden = minutes < 0 || minutes >= 120;
    time.textContent = hours + body.dataset.agoMinutes.replace("#", minutes % 60);
  };
  const refresh = () => {
    const now = Date.now() + ahead;
    for (const time of document.querySelectorAll("time[data-ago]")) {
      const age = (now - Date.parse(time.dateTime)) / 1000;
      if (age >= 0 && age < 86_400) time.textContent = words(body, age);
    }
    for (const time of document.querySelectorAll("time[data-left]")) until(time, now);
  };
  setInterval(refresh, EVERY_MS);
  document.addEventListener("waia:live", refresh);
}
