// Voice notes: a click records until told otherwise, a press records while it lasts; listened to before it is sent.
const HELD_MS = 400, FAR_PX = 60, LONGEST_MS = 15 * 60_000, SHORTEST_MS = 500;
const TYPES = ["audio/webm;codecs=opus", "audio/ogg;codecs=opus", "audio/mp4"];

const minutes = (ms) => `${Math.floor(ms / 60_000)}:${String(Math.floor(ms / 1_000) % 60).padStart(2, "0")}`;

export default function recorder(form) {
  const box = form.querySelector("[data-recorder]"), button = form.querySelector("[data-record]");
  const panel = box.querySelector("[data-recording]"), complaint = box.querySelector("[data-record-error]");
  const writing = form.querySelector("[data-writing]");
  let recording = null, press = null, asking = false;

  const complain = (text) => {
    complaint.textContent = text;
    complaint.hidden = !text;
    box.hidden = !text && !recording;
  };

  function trouble(error) {
    if (error.name === "NotAllowedError" || error.name === "SecurityError") return box.dataset.denied;
    return error.name === "NotFoundError" ? box.dataset.missing : box.dataset.unable;
  }

  async function start() {
    if (recording || asking || form.elements.texto.disabled) return;
    complain("");
    if (!navigator.mediaDevices?.getUserMedia || !window.MediaRecorder) return complain(box.dataset.insecure);
    asking = true;
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true } });
      if (form.isConnected) record(stream);
      else release(stream);
    } catch (error) {
      complain(trouble(error));
      button.focus();
    }
    asking = false;
  }

  function record(stream) {
    const type = TYPES.find((each) => MediaRecorder.isTypeSupported(each)) ?? "";
    const made = new MediaRecorder(stream, type ? { mimeType: type, audioBitsPerSecond: 32_000 } : {});
    recording = { made, stream, pieces: [], since: performance.now(), level: watch(stream), wanted: null };
    made.ondataavailable = ({ data }) => recording.pieces.push(data);
    made.onstop = finished;
    made.onerror = () => { finish(null); complain(box.dataset.unable); };
    made.start(1_000);
    recording.timer = setInterval(show, 100);
    show();
    box.hidden = panel.hidden = false;
    writing.hidden = true;
    hold(press !== null);
    if (press === null) panel.querySelector("[data-record-send]").focus();
  }

  function watch(stream) {
    const context = new AudioContext(), analyser = context.createAnalyser(), values = new Float32Array(256);
    context.createMediaStreamSource(stream).connect(analyser);
    return {
      read: () => {
        analyser.getFloatTimeDomainData(values.subarray(0, Math.min(values.length, analyser.fftSize)));
        return Math.min(1, 3 * Math.max(...values.map(Math.abs)));
      },
      close: () => context.close(),
    };
  }

  function show() {
    if (!form.isConnected) return finish(null);
    const length = performance.now() - recording.since;
    panel.querySelector("[data-record-length]").textContent = minutes(length);
    panel.querySelector("[data-record-level]").value = recording.level.read();
    if (length > LONGEST_MS) finish("listen");
  }

  function hold(held) {
    panel.querySelector("[data-record-hint]").hidden = !held;
    for (const each of ["stop", "send", "cancel"]) panel.querySelector(`[data-record-${each}]`).hidden = held;
  }

  /** `wanted`: "send", "listen", or null for nothing. */
  function finish(wanted) {
    if (!recording || recording.made.state === "inactive") return;
    recording.wanted = performance.now() - recording.since < SHORTEST_MS ? null : wanted;
    recording.made.stop();
  }

  function finished() {
    const { made, stream, pieces, wanted, timer, level } = recording;
    clearInterval(timer);
    level.close();
    release(stream);
    recording = null;
    box.hidden = panel.hidden = true;
    writing.hidden = false;
    if (form.isConnected) form.elements.texto.focus();
    if (!wanted) return;
    const type = made.mimeType || "audio/webm";
    const file = new File(pieces, `voz.${type.includes("mp4") ? "m4a" : type.includes("ogg") ? "ogg" : "webm"}`, { type });
    form.dispatchEvent(new CustomEvent("waia:file", { detail: { file, voice: true, send: wanted === "send" } }));
  }

  function release(stream) {
    for (const track of stream.getTracks()) track.stop();
  }

  button.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || event.pointerType === "mouse" && event.ctrlKey) return;
    press = { at: performance.now(), x: event.clientX, y: event.clientY };
    start();
  });
  document.addEventListener("pointermove", (event) => {
    if (!press || !recording) return;
    if (press.y - event.clientY > FAR_PX) lock();
  });
  document.addEventListener("pointerup", (event) => {
    if (!press) return;
    const { at, x } = press;
    if (performance.now() - at < HELD_MS || !recording) return lock();
    press = null;
    finish(x - event.clientX > FAR_PX ? null : "send");
  });
  document.addEventListener("pointercancel", () => { if (press) lock(); });
  button.addEventListener("click", (event) => { if (event.detail === 0) start(); });

  function lock() {
    press = null;
    if (!recording) return;
    hold(false);
    panel.querySelector("[data-record-send]").focus();
  }

  panel.querySelector("[data-record-cancel]").addEventListener("click", () => finish(null));
  panel.querySelector("[data-record-stop]").addEventListener("click", () => finish("listen"));
  panel.querySelector("[data-record-send]").addEventListener("click", () => finish("send"));
  panel.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    finish(null);
  });

  // What is written goes out as text: the microphone is there for an empty field.
  const offer = () => {
    const busy = form.elements.texto.value.trim() !== "" || form.querySelector("[data-list] > li") !== null;
    button.hidden = busy;
    button.disabled = form.elements.texto.disabled;
  };
  for (const name of ["input", "waia:files", "waia:written"]) form.addEventListener(name, offer);
  document.addEventListener("waia:live", offer);
  offer();
}
