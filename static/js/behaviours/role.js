// A role is dragged onto a chat of the list, or a chat onto the role: the chat gets it, or loses it if it has it.
const KIND = "text/x-waia-role";

function toggle(row, role) {
  const id = row.id.split("-").at(-1);
  const has = row.dataset.roles.split(" ").includes(role.dataset.keyword);
  const source = document.getElementById("picked");
  htmx.ajax(has ? "DELETE" : "PUT", `/chats/${id}/roles/${role.dataset.role}`, { source, swap: "none" });
}

function rowAt(event) {
  return event.target.closest?.("#chats > .row");
}

let dragged = null;
for (const name of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(name, (event) => {
    const row = rowAt(event);
    if (!row || !dragged) return;
    if (name !== "dragleave") event.preventDefault();
    row.classList.toggle("row--target", name === "dragover");
    if (name === "drop") toggle(row, dragged);
  });
}

export default function role(button) {
  button.addEventListener("dragstart", (event) => {
    dragged = button;
    event.dataTransfer.setData(KIND, button.dataset.role);
    event.dataTransfer.effectAllowed = "link";
  });
  button.addEventListener("dragend", () => { dragged = null; });
  const chat = (event) => !dragged && event.dataTransfer.types.includes("text/uri-list");
  button.addEventListener("dragover", (event) => {
    if (!chat(event)) return;
    event.preventDefault();
    button.classList.add("role--target");
  });
  button.addEventListener("dragleave", () => button.classList.remove("role--target"));
  button.addEventListener("drop", (event) => {
    button.classList.remove("role--target");
    const path = chat(event) && new URL(event.dataTransfer.getData("text/uri-list"), location.href).pathname;
    const row = path && document.querySelector(`#chats .row__link[href="${CSS.escape(path)}"]`)?.closest(".row");
    if (!row) return;
    event.preventDefault();
    toggle(row, button);
  });
}
