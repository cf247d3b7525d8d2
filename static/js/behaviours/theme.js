// Light, dark, or as the system says: one button goes round, and the server keeps it for this person.
const next = { system: "light", light: "dark", dark: "system" };

function current() {
  return document.documentElement.dataset.theme ?? "system";
}

function choose(body, theme) {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  try { localStorage.setItem("waia.theme", theme); } catch { /* private mode: valid for this page */ }
  if (body.dataset.user) htmx.ajax("PUT", "/preferencias", { source: body, swap: "none", values: { tema: theme } });
}

export default function theme(body) {
  body.addEventListener("click", (event) => {
    if (event.target.closest("[data-theme-switch]")) choose(body, next[current()]);
  });
}
