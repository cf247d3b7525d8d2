// Runs before the first paint: what this browser remembers of theme, list width and contact card. The theme of
// somebody who is signed in is theirs wherever they are; the page says it, and the browser keeps it for the login page.
{
  const root = document.documentElement;
  const recall = (name) => {
    try { return localStorage.getItem(`waia.${name}`); } catch { return null; }
  };
  const remember = (name, value) => {
    try { value ? localStorage.setItem(`waia.${name}`, value) : localStorage.removeItem(`waia.${name}`); } catch { /* private mode */ }
  };
  const theme = recall("theme");
  if ("known" in root.dataset) remember("theme", root.dataset.theme);
  else if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  const width = Number(recall("list-width"));
  if (width >= 360 && width <= 420) root.style.setProperty("--list-width", `${width}px`);
  root.dataset.facts = recall("facts") === "open" ? "open" : "closed";
}
