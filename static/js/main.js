// Attaches behaviours: an element names them in data-behaviour, each is the default export of js/behaviours/<name>.js,
// called once per element. Their addresses (with hashes) stand in <link rel="modulepreload" data-module>.
const attached = new WeakMap();

function address(name) {
  return document.querySelector(`link[data-module="${CSS.escape(name)}"]`)?.href;
}

async function attach(element) {
  const done = attached.get(element) ?? new Set();
  attached.set(element, done);
  for (const name of element.dataset.behaviour.split(/\s+/)) {
    if (!name || done.has(name)) continue;
    done.add(name);
    const href = address(name);
    if (!href) continue;
    const behaviour = await import(href);
    behaviour.default(element);
  }
}

function attachAll() {
  return Promise.allSettled([...document.querySelectorAll("[data-behaviour]")].map(attach));
}

document.addEventListener("htmx:after:swap", attachAll);
attachAll().then(() => { document.documentElement.dataset.ready = "yes"; });
