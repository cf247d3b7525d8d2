// Where the tabs do not fit, the one that is open is brought into sight.
export default function tabs(nav) {
  const show = () => {
    const open = nav.querySelector("[aria-current]");
    if (open) nav.scrollLeft = open.offsetLeft + open.offsetWidth / 2 - nav.clientWidth / 2;
  };
  show();
  document.fonts?.ready.then(show);
}
