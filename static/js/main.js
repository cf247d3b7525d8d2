// Attaches behaviours: an element names them in data-behaviour, each is the default export of js/behaviours/<name>.js,
// called once per element. Their addresses (with hashes) stand in <link rel="modulepreload" data-module>.
const attached = new WeakMap();

function address(name) {
  return document.querySelector(`link[data-module="${CSS.escape(name)}"]`)?.href;
}

// All of an element in one go: the one that gives it the focus must not let people type before the others listen.
async function attach(element) {
  const done = attached.get(element) ?? new Set();
  attached.set(element, done);
  const fresh = element.dataset.behaviour.split(/\s+/).filter((name) => name && !done.has(name) && address(name));
  for (const name of fresh) done.add(name);
  for (const behaviour of await Promise.all(fresh.map((name) => import(address(name))))) behaviour.default(element);
  if (fresh.length) tellOfWhatIsTyped(element);
}

// On a slow line somebody types before anybody listens.
function tellOfWhatIsTyped(element) {
  const field = document.activeElement;
  const isTyped = element.contains(field) && field.matches("textarea, input") && field.value !== field.defaultValue;
  if (isTyped) field.dispatchEvent(new Event("input", { bubbles: true }));
}

function attachAll() {
  return Promise.allSettled([...document.querySelectorAll("[data-behaviour]")].map(attach));
}

document.addEventListener("htmx:after:swap", attachAll);
attachAll().then(() => { document.documentElement.dataset.ready = "yes"; });
