// Tells the server while this page can be seen, so that nobody's phone rings about what is before their eyes.
const own = globalThis.crypto?.randomUUID?.() ?? String(Math.random()).slice(2);
let timer = 0;

function say(body, visible) {
  const headers = [...body.attributes].find(({ name }) => name.startsWith("hx-headers"));
  return fetch("/mirada", {
    method: "PUT", keepalive: true, body: JSON.stringify({ pagina: own, visible }),
    headers: { ...JSON.parse(headers.value), "Content-Type": "application/json" },
  });
}

async function tell(body) {
  clearTimeout(timer);
  try {
    const answer = await say(body, !document.hidden);
    if (answer.ok && !document.hidden) timer = setTimeout(tell, (await answer.json()).otra_vez_s * 1_000, body);
  } catch { /* no connection: told again when the page is shown the next time */ }
}

export default function looks(body) {
  if (!body.dataset.user) return;
  tell(body);
  document.addEventListener("visibilitychange", () => tell(body));
  document.addEventListener("waia:resume", () => tell(body));
  addEventListener("pagehide", () => { say(body, false).catch(() => {}); });
}
