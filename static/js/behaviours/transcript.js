// The words of voice notes: a click or Enter plays from a word, arrows go from word to word, the one that is heard is
// marked. Sounds are those of sound.js, which is told by an event.
const WORD = ".word[data-at]";
const followed = new WeakSet();

const wordsOf = (message) => [...message.querySelectorAll(WORD)];

function groupOf(word) {
  return [...word.closest(".bubble__words, .earlier__text").querySelectorAll(WORD)];
}

function play(word) {
  const sound = word.closest(".message").querySelector("[data-sound]");
  sound?.dispatchEvent(new CustomEvent("waia:play", { bubbles: true, detail: { from: Number(word.dataset.at) / 1_000 } }));
}

/** One stop for Tab: the word that was reached last. */
function reach(word) {
  for (const other of groupOf(word)) other.tabIndex = other === word ? 0 : -1;
}

function step(word, key) {
  const group = groupOf(word), at = group.indexOf(word), way = getComputedStyle(word).direction === "rtl" ? -1 : 1;
  const to = { ArrowRight: at + way, ArrowLeft: at - way, Home: 0, End: group.length - 1 }[key];
  group[to]?.focus();
  return to !== undefined;
}

/** The last word that has begun; none before the first. */
function mark(message, heardMs) {
  const words = wordsOf(message);
  const now = words.reduce((latest, word) => (Number(word.dataset.at) <= heardMs ? Math.max(latest, Number(word.dataset.at)) : latest), -1);
  for (const word of words) {
    if (Number(word.dataset.at) === now) word.setAttribute("aria-current", "true");
    else word.removeAttribute("aria-current");
  }
}

function follow(audio) {
  if (followed.has(audio)) return;
  followed.add(audio);
  const look = () => {
    const message = audio.closest(".message"), goesOn = message?.isConnected && !audio.paused;
    if (message) mark(message, goesOn ? audio.currentTime * 1_000 : -1);
    if (goesOn) requestAnimationFrame(look);
    else followed.delete(audio);
  };
  look();
}

export default function transcript(thread) {
  thread.addEventListener("click", (event) => {
    const word = event.target.closest(WORD);
    if (!word || !getSelection().isCollapsed) return;
    reach(word);
    play(word);
  });
  thread.addEventListener("focusin", (event) => { if (event.target.matches(WORD)) reach(event.target); });
  thread.addEventListener("keydown", (event) => {
    if (!event.target.matches(WORD) || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Enter" || event.key === " ") play(event.target);
    else if (!step(event.target, event.key)) return;
    event.preventDefault();
    event.stopPropagation();
  });
  thread.addEventListener("play", (event) => { if (event.target.closest?.("[data-sound]")) follow(event.target); }, true);
}
