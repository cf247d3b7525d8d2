// Runs before the first paint: what this browser remembers of theme, list width and contact card.
{
  const root = document.documentElement;
  const recall = (name) => {
    try { return localStorage.getItem(`waia.${name}`); } catch { return null; }
  };
  const theme = recall("theme");
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  const width = Number(recall("list-width"));
  if (width >= 360 && width <= 420) root.style.setProperty("--list-width", `${width}px`);
  root.dataset.facts = recall("facts") === "open" ? "open" : "closed";
}
