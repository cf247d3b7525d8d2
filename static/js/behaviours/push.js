// Notifications on a phone, or while no page of waia is open: only who agrees in this browser is told, and only the
// person who agreed. The service worker shows them.
const OWNER = "waia.push";

const recall = () => {
  try { return localStorage.getItem(OWNER); } catch { return null; }
};
const remember = (user) => {
  try { user ? localStorage.setItem(OWNER, user) : localStorage.removeItem(OWNER); } catch { /* private mode: asked again next time */ }
};

function bytes(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (sign) => sign.charCodeAt(0));
}

function send(method, body) {
  const headers = [...document.body.attributes].find(({ name }) => name.startsWith("hx-headers"));
  return fetch("/notificaciones", { method, body: JSON.stringify(body), headers: { ...JSON.parse(headers.value), "Content-Type": "application/json" } });
}

async function subscription() {
  const registration = await navigator.serviceWorker.ready;
  return registration.pushManager.getSubscription();
}

/** The person agreed: the browser gives an address of its push service, which the server keeps for this login. */
async function agree(user) {
  if ((await Notification.requestPermission()) !== "granted") return "denied";
  const offered = await fetch("/notificaciones");
  if (!offered.ok) return "failed";
  const registration = await navigator.serviceWorker.ready;
  const key = bytes((await offered.json()).clave);
  const made = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  if (!(await send("POST", made)).ok) {
    await made.unsubscribe();
    return "failed";
  }
  remember(user);
  return "on";
}

async function takeBack() {
  remember(null);
  const known = await subscription();
  if (!known) return;
  await send("DELETE", { endpoint: known.endpoint });
  await known.unsubscribe();
}

/** A new login of the same person goes on; somebody else at this browser never agreed. */
async function renew(user) {
  const known = await subscription();
  if (!known || Notification.permission !== "granted") return false;
  if (recall() === user) return (await send("POST", known)).ok;
  if (recall()) await takeBack();
  return false;
}

export default function push(details) {
  const box = details.querySelector("[data-push]");
  const user = document.body.dataset.user;
  const say = (name) => {
    for (const note of details.querySelectorAll("[data-push-note]")) note.hidden = note.dataset.pushNote !== name;
  };
  const show = (on) => {
    box.checked = on;
    details.classList.toggle("attention--push", on);
  };
  if (!("serviceWorker" in navigator)) {
    box.disabled = true;
    return say("unable");
  }
  navigator.serviceWorker.register("/sw.js").then(() => ("PushManager" in globalThis ? renew(user).then(show) : Promise.reject()))
    .catch(() => { box.disabled = true; say("unable"); });
  box.addEventListener("change", async () => {
    box.disabled = true;
    say("");
    const outcome = box.checked ? await agree(user).catch(() => "failed") : await takeBack().then(() => "off", () => "off");
    box.disabled = false;
    show(outcome === "on");
    say(outcome);
  });
}
