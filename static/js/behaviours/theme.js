// Light, dark, or as the system says: one button goes round, the choice stays in this browser.
const next = { system: "light", light: "dark", dark: "system" };

function current() {
  return document.documentElement.dataset.theme ?? "system";
}

function choose(theme) {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  try { localStorage.setItem("waia.theme", theme); } catch { /* private mode: valid for this page */ }
}

export default function theme(body) {
  body.addEventListener("click", (event) => {
    if (event.target.closest("[data-theme-switch]")) choose(next[current()]);
  });
}
