// The holder strip says "you" to whom it is about: the fragment is the same for everybody.
export default function holder(strip) {
  const mine = strip.dataset.owner !== "" && strip.dataset.owner === document.body.dataset.user;
  const you = strip.querySelector("[data-you]");
  if (you) you.hidden = !mine;
  const someone = strip.querySelector("[data-someone]");
  if (someone) someone.hidden = mine;
  const take = strip.querySelector("[data-take]");
  if (take) take.hidden = mine && strip.classList.contains("holder--person");
}
