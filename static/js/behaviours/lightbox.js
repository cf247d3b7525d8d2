// A picture in full, from the thread or from the card's files: keys and buttons for the one before and after, real size,
// download; the server draws the frame.
export default function lightbox(thread) {
  const room = thread.closest(".conversation") ?? thread;
  const box = thread.querySelector(".lightbox");
  const part = (name) => box.querySelector(`[data-lightbox-${name}]`);
  const image = part("image"), zoom = part("zoom");
  let shown = null;

  // The card shows the newest first, the thread the oldest.
  const pictures = (link) => {
    const all = [...(link.closest(".files") ?? thread).querySelectorAll("a[data-lightbox]")];
    return link.closest(".files") ? all.reverse() : all;
  };
  const setZoom = (zoomed) => {
    box.classList.toggle("lightbox--zoomed", zoomed);
    zoom.setAttribute("aria-pressed", zoomed);
    if (zoomed) part("stage").scrollTo((image.offsetWidth - part("stage").clientWidth) / 2, (image.offsetHeight - part("stage").clientHeight) / 2);
  };

  const show = (link) => {
    shown = link;
    const message = link.closest(".message"), all = pictures(link), place = all.indexOf(link);
    setZoom(false);
    image.src = link.href;
    image.alt = link.querySelector("img").alt;
    part("get").href = link.href;
    part("get").download = link.dataset.name;
    part("who").textContent = (message ? message.querySelector("[data-who]")?.textContent.trim() : link.dataset.who) ?? "";
    part("at").textContent = message?.querySelector(".bubble__end time").title ?? link.dataset.at;
    part("words").textContent = message?.querySelector(".bubble__words").textContent.trim() ?? link.dataset.words;
    for (const step of box.querySelectorAll("[data-lightbox-step]")) step.disabled = !all[place + Number(step.dataset.lightboxStep)];
    if (!box.open) box.showModal();
    if (document.activeElement?.disabled !== false) part("stage").focus();
  };

  const go = (by) => {
    const all = pictures(shown), to = all[all.indexOf(shown) + by];
    if (to) show(to);
  };

  room.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-lightbox]");
    if (!link || !thread.checkVisibility() || event.ctrlKey || event.metaKey || event.shiftKey || link.matches(".picture--broken")) return;
    event.preventDefault();
    show(link);
  });
  box.addEventListener("click", (event) => {
    const step = event.target.closest("[data-lightbox-step]");
    if (step) go(Number(step.dataset.lightboxStep));
    else if (event.target === image || event.target.closest("[data-lightbox-zoom]")) setZoom(!box.matches(".lightbox--zoomed"));
    else if (event.target.closest("[data-lightbox-close]") || event.target.matches(".lightbox__stage")) box.close();
  });
  box.addEventListener("keydown", (event) => {
    event.stopPropagation();
    const zoomed = box.matches(".lightbox--zoomed");
    if (!zoomed && event.key === "ArrowLeft") go(-1);
    else if (!zoomed && event.key === "ArrowRight") go(1);
    else if (event.key === "+" || event.key === "z") setZoom(true);
    else if (event.key === "-") setZoom(false);
    else return;
    event.preventDefault();
  });
  box.addEventListener("close", () => {
    image.removeAttribute("src");
    const link = shown?.isConnected ? shown : document.getElementById(shown?.closest(".message")?.id)?.querySelector("a[data-lightbox]");
    (link ?? thread.querySelector(".thread__scroll")).focus({ preventScroll: true });
  });
}
