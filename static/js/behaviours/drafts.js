// The list of chats: what this agent typed and did not send. Rows are the same for everybody, so it is put in here.
const known = new Map();
const channel = globalThis.BroadcastChannel ? new BroadcastChannel("waia-drafts") : null;

function learn({ chat, text, user }) {
  if (user !== document.body.dataset.user) return;
  known.set(chat, text.trim());
  paint(document.querySelectorAll(`#chat-results [data-draft="${CSS.escape(chat)}"]`));
}

/** The chat that is open shows its draft in the composer, at the reader's eyes. */
function paint(lines) {
  for (const line of lines) {
    const words = known.get(line.dataset.draft) ?? "";
    const hidden = !words || line.closest(".row__link").hasAttribute("aria-current");
    const place = line.querySelector("[data-draft-text]");
    if (place.textContent !== words) place.textContent = words;
    if (line.hidden !== hidden) line.hidden = hidden;
  }
}

let told = null;

/** What this page has seen itself is newer than what the server said when it drew the list. */
function read() {
  const list = document.getElementById("drafts");
  if (!list || list === told) return;
  told = list;
  for (const line of list.children) if (!known.has(line.dataset.draftOf)) known.set(line.dataset.draftOf, line.textContent);
}

document.addEventListener("waia:draft", ({ detail }) => {
  learn(detail);
  channel?.postMessage(detail);
});
channel?.addEventListener("message", ({ data }) => {
  learn(data);
  document.dispatchEvent(new CustomEvent("waia:draft-elsewhere", { detail: data }));
});

export default function drafts(results) {
  const again = () => {
    read();
    paint(results.querySelectorAll("[data-draft]"));
  };
  again();
  new MutationObserver(again).observe(results, { childList: true, subtree: true, attributes: true, attributeFilter: ["aria-current"] });
}
