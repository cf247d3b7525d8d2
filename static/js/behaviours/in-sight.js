// On a narrow screen a row of tabs is longer than the screen: the one that is open is scrolled into it.
export default function inSight(row) {
  const open = row.querySelector("[aria-current]");
  if (open) row.scrollLeft = open.offsetLeft - row.offsetLeft - (row.clientWidth - open.offsetWidth) / 2;
}
