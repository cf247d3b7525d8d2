// What can be done with one message: go to the one it answers, answer it, copy it.
const FOUND_MS = 1_600;

function mark(message) {
  const bubble = message.querySelector(".bubble");
  message.scrollIntoView({ block: "center" });
  bubble.focus({ preventScroll: true });
  bubble.classList.add("bubble--found");
  setTimeout(() => bubble.classList.remove("bubble--found"), FOUND_MS);
}

/** The original may be older than what is loaded: then everything down to it comes, or the page that shows it. */
async function showOriginal(link) {
  const id = link.hash.slice(1);
  const older = document.querySelector("#message-0-older a");
  if (!document.getElementById(id) && older) {
    link.ariaBusy = "true";
    const address = `${older.getAttribute("hx-get")}&desde=${id.slice("message-".length)}`;
    await htmx.ajax("GET", address, { source: older, target: "#message-0-older", swap: "outerHTML" });
    link.ariaBusy = null;
  }
  const original = document.getElementById(id);
  if (original) mark(original);
  else location.assign(link.href);
}

function wordsOf(message) {
  return message.querySelector(".bubble__words").textContent.trim();
}

export default function message(thread) {
  thread.addEventListener("click", (event) => {
    const message = event.target.closest(".message");
    const link = event.target.closest("[data-quoted]");
    if (link && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      showOriginal(link);
    }
    if (event.target.closest("[data-copy]")) navigator.clipboard?.writeText(wordsOf(message));
    const reply = event.target.closest("[data-reply]");
    if (reply) {
      const text = wordsOf(message) || message.querySelector(".card__title")?.textContent || reply.dataset.kind || "…";
      document.dispatchEvent(new CustomEvent("waia:quote", { detail: { id: reply.dataset.reply, text } }));
    }
  });
  thread.addEventListener("waia:goto", ({ detail }) => showOriginal(detail.link));
  const marked = document.getElementById(thread.querySelector("[data-marked]")?.dataset.marked ?? "");
  if (marked) mark(marked);
}
