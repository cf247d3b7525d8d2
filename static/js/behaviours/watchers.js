// Who else has this chat open: the fragment names everybody, oneself is left out here.
export default function watchers(line) {
  const others = [...line.children].filter((one) => one.dataset.user !== document.body.dataset.user);
  const names = others.map((one) => one.textContent);
  line.hidden = !names.length;
  line.textContent = names.length ? `${names.join(", ")} ${names.length > 1 ? line.dataset.alsoMany : line.dataset.also}` : "";
}
