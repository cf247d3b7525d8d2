// The search of the list: arrows go through what was found, Esc empties the field, then leaves it.
const FOUND = "#chats .row__link, #chat-results .hit";

export default function search(form) {
  const field = form.querySelector("input[type=search]");
  const zone = form.closest("#chat-zone");
  const links = () => [...zone.querySelectorAll(FOUND)];

  const clear = (event) => {
    event.preventDefault();
    event.stopPropagation();
    field.value = "";
    field.focus();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const step = (event, by) => {
    const all = links(), at = all.indexOf(document.activeElement);
    if (at < 0 && event.target !== field) return;
    event.preventDefault();
    (all[at + by] ?? (by < 0 ? field : all.at(-1)))?.focus();
  };
  zone.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.isComposing || !form.isConnected) return;
    if (event.key === "ArrowDown") step(event, 1);
    else if (event.key === "ArrowUp") step(event, -1);
    else if (event.key === "Escape" && field.value && (event.target === field || event.target.matches?.(FOUND))) clear(event);
  });
}
