// Calls the agent: a sound, a notification of the system. Both are chosen in this browser; one open tab speaks for all.
const APART_MS = 2_500;

let context = null;

const choice = (name) => {
  try { return localStorage.getItem(`waia.attention.${name}`) === "yes"; } catch { return false; }
};
const choose = (name, on) => {
  try { localStorage.setItem(`waia.attention.${name}`, on ? "yes" : "no"); } catch { /* private mode: for this page only */ }
};

export default function attention(details) {
  const boxes = Object.fromEntries([...details.querySelectorAll("[data-attention]")].map((box) => [box.dataset.attention, box]));
  const note = (name, shown) => { details.querySelector(`[data-attention-note=${name}]`).hidden = !shown; };
  const show = () => {
    boxes.sound.checked = choice("sound");
    boxes.desktop.checked = choice("desktop") && globalThis.Notification?.permission === "granted";
    details.classList.toggle("attention--on", boxes.sound.checked || boxes.desktop.checked);
    note("asleep", boxes.sound.checked && context?.state === "suspended");
  };

  boxes.sound.addEventListener("change", () => {
    choose("sound", boxes.sound.checked);
    if (boxes.sound.checked) ring().then(show);
    show();
  });
  boxes.desktop.addEventListener("change", async () => {
    const allowed = boxes.desktop.checked && (await globalThis.Notification?.requestPermission()) === "granted";
    note("denied", boxes.desktop.checked && !allowed);
    choose("desktop", allowed);
    show();
  });
  details.querySelector("[data-attention-test]").addEventListener("click", () => ring().then(show));
  // Browsers let a page sound only after somebody touched it.
  addEventListener("pointerdown", () => context?.resume().then(show), { passive: true });
  if (choice("sound")) wake();
  document.addEventListener("attention", ({ detail }) => call(JSON.parse(detail.data), details.dataset.waiting));
  show();
}

/** A chat that is open in front of the agent needs no call. */
async function call(chats, words) {
  const inFront = !document.hidden && document.hasFocus() ? location.pathname : "";
  const waiting = chats.filter(({ chat }) => inFront !== `/chats/${chat}`);
  if (!waiting.length || !(await speaks())) return;
  if (choice("sound")) ring();
  if (choice("desktop") && document.hidden && globalThis.Notification?.permission === "granted") tell(waiting, words);
}

/** Several tabs hear of the same message; the first one within a moment speaks. */
function speaks() {
  const first = () => {
    try {
      if (Date.now() - Number(localStorage.getItem("waia.attention.at")) < APART_MS) return false;
      localStorage.setItem("waia.attention.at", Date.now());
    } catch { /* private mode: this tab knows of no other */ }
    return true;
  };
  return navigator.locks ? navigator.locks.request("waia-attention", first) : first();
}

function tell(waiting, words) {
  for (const { chat, name } of waiting.slice(-3)) {
    const said = { body: words.replace("#", name), tag: `waia-chat-${chat}`, renotify: true };
    try {
      new Notification("waia", said).addEventListener("click", () => {
        focus();
        location.assign(`/chats/${chat}`);
      });
    } catch { // phones leave that to the service worker
      navigator.serviceWorker?.ready.then((worker) => worker.showNotification("waia", { ...said, data: { address: `/chats/${chat}` } }));
    }
  }
}

function wake() {
  context ??= globalThis.AudioContext ? new AudioContext() : null;
  return context;
}

/** Two short rising tones, made here: no file to load, no voice over somebody's call. */
async function ring() {
  if (!wake()) return;
  await Promise.race([context.resume(), new Promise((done) => { setTimeout(done, 300); })]);
  if (context.state !== "running") return;
  [[660, 0], [880, 0.14]].forEach(([pitch, after]) => tone(pitch, context.currentTime + after));
}

function tone(pitch, at) {
  const source = new OscillatorNode(context, { frequency: pitch });
  const volume = new GainNode(context, { gain: 0 });
  volume.gain.linearRampToValueAtTime(0.18, at + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.001, at + 0.32);
  source.connect(volume).connect(context.destination);
  source.start(at);
  source.stop(at + 0.35);
}
