// Marks the open chat in the list and the agent's own name; both are personal, so the server leaves them out.
function mark(results) {
  const here = location.pathname;
  for (const link of results.querySelectorAll(".row__link")) {
    if (link.getAttribute("href") === here) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  const me = document.body.dataset.user;
  for (const author of results.querySelectorAll(".row__author[data-owner]")) {
    if (author.dataset.owner === me && author.textContent !== author.dataset.you) author.textContent = author.dataset.you;
  }
}

export default function selection(results) {
  const again = () => mark(results);
  again();
  new MutationObserver(again).observe(results, { childList: true, subtree: true });
  for (const name of ["htmx:after:history:update", "htmx:after:swap", "popstate"]) addEventListener(name, again);
}
