// Sounds of messages: play and pause, seek, speed; one at a time, and a voice note goes on with the next one.
const SPEEDS = [1, 1.5, 2], STEP_S = 2, REMEMBERED = "waia.speed";
let speed = recalled();

function recalled() {
  try { return SPEEDS.find((each) => each === Number(localStorage.getItem(REMEMBERED))) ?? 1; } catch { return 1; }
}

function clock(seconds) {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** Everything that a page from the server does not know: it may be drawn anew at any time. */
function show(sound) {
  const audio = sound.querySelector("audio"), seek = sound.querySelector("[data-sound-seek]");
  const time = sound.querySelector("[data-sound-time]"), play = sound.querySelector("[data-sound-play]");
  const length = Number.isFinite(audio.duration) ? audio.duration : Number(time.dataset.length);
  const started = !audio.paused || audio.currentTime > 0;
  if (length) seek.max = length;
  seek.value = audio.currentTime;
  seek.setAttribute("aria-valuetext", `${clock(audio.currentTime)} / ${clock(length || 0)}`);
  if (started || length) time.textContent = clock(started ? audio.currentTime : length);
  sound.classList.toggle("sound--playing", !audio.paused);
  play.setAttribute("aria-label", audio.paused ? play.dataset.play : play.dataset.pause);
  sound.querySelector("[data-sound-speed]").textContent = `${String(speed).replace(".", ",")}×`;
}

function start(sound) {
  for (const other of document.querySelectorAll("[data-sound] audio")) if (!sound.contains(other)) other.pause();
  const audio = sound.querySelector("audio");
  audio.playbackRate = speed;
  audio.play().catch(() => broken(audio));
}

/** No source could be played; one that was only interrupted may be tried again. */
function broken(audio) {
  if (audio.error || audio.networkState === HTMLMediaElement.NETWORK_NO_SOURCE) audio.closest("[data-sound]").classList.add("sound--broken");
}

function next(sound) {
  return sound.closest(".message").nextElementSibling?.querySelector("[data-sound]");
}

function seek(sound, to) {
  const audio = sound.querySelector("audio");
  audio.currentTime = Math.max(0, to);
  show(sound);
}

function changeSpeed() {
  speed = SPEEDS[(SPEEDS.indexOf(speed) + 1) % SPEEDS.length];
  try { localStorage.setItem(REMEMBERED, speed); } catch { /* private mode */ }
  for (const sound of document.querySelectorAll("[data-sound]")) {
    sound.querySelector("audio").playbackRate = speed;
    show(sound);
  }
}

export default function sounds(thread) {
  const of = (event) => event.target.closest?.("[data-sound]");
  thread.addEventListener("click", (event) => {
    const sound = of(event);
    if (!sound) return;
    if (event.target.closest("[data-sound-speed]")) changeSpeed();
    if (!event.target.closest("[data-sound-play]")) return;
    const audio = sound.querySelector("audio");
    if (audio.paused) start(sound);
    else audio.pause();
  });
  // A word of its transcript was chosen.
  thread.addEventListener("waia:play", (event) => {
    seek(of(event), event.detail.from);
    start(of(event));
  });
  thread.addEventListener("input", (event) => {
    if (event.target.matches("[data-sound-seek]")) seek(of(event), Number(event.target.value));
  });
  thread.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -STEP_S, ArrowRight: STEP_S }[event.key];
    if (!by || !event.target.matches("[data-sound-seek]")) return;
    event.preventDefault();
    seek(of(event), of(event).querySelector("audio").currentTime + by);
  });
  // Events of media do not bubble.
  for (const name of ["play", "pause", "timeupdate", "durationchange", "ratechange"]) {
    thread.addEventListener(name, (event) => of(event) && show(of(event)), true);
  }
  thread.addEventListener("ended", (event) => {
    const sound = of(event);
    if (!sound) return;
    event.target.currentTime = 0;
    const following = next(sound);
    if (following) start(following);
  }, true);
  thread.addEventListener("error", (event) => {
    if (event.target.matches("[data-sound] source:last-of-type")) broken(event.target.parentElement);
    if (event.target.matches(".picture__image")) event.target.closest(".picture").classList.add("picture--broken");
  }, true);
  const again = () => {
    if (!thread.isConnected) return document.removeEventListener("htmx:after:swap", again);
    for (const sound of thread.querySelectorAll("[data-sound]")) show(sound);
  };
  document.addEventListener("htmx:after:swap", again);
  again();
}
