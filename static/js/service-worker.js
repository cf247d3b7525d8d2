// Served as /sw.js. Shows notifications while no page of waia is in sight, and a page of its own where there is no
// connection. It keeps that page and its styles, and nothing else: no page of anybody ever lies in this browser.
const STORE = "waia-offline";
const PAGE = "/sin-conexion";

async function keep() {
  await caches.delete(STORE);
  const store = await caches.open(STORE);
  const page = await fetch(PAGE, { cache: "reload", credentials: "omit" });
  const files = [...(await page.clone().text()).matchAll(/(?:href|src)="(\/static\/[^"]+)"/g)].map(([, address]) => address);
  await Promise.all([store.put(PAGE, page), store.addAll([...new Set(files)])]);
}

self.addEventListener("install", (event) => event.waitUntil(keep().then(() => self.skipWaiting())));
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  if (request.mode === "navigate") event.respondWith(fetch(request).catch(() => kept(PAGE)));
  else if (new URL(request.url).pathname.startsWith("/static/")) event.respondWith(fetch(request).catch(() => kept(request)));
});

async function kept(wanted) {
  return (await caches.match(wanted)) ?? Response.error();
}

self.addEventListener("push", (event) => event.waitUntil(tell(event.data)));

/** Whoever looks at the panel knows already. */
async function tell(sent) {
  const { title, body, chat, address } = sent.json();
  const pages = await self.clients.matchAll({ type: "window" });
  if (pages.some((page) => page.focused)) return;
  await self.registration.showNotification(title, {
    body,
    tag: `waia-chat-${chat || address}`,
    renotify: true,
    icon: "/static/icons/icon-192.png",
    badge: "/static/icons/badge-96.png",
    data: { address: chat ? `/chats/${Number(chat)}` : String(address) },
  });
}

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(show(event.notification.data.address));
});

/** In a page that is open already, else in a new one. */
async function show(address) {
  const pages = await self.clients.matchAll({ type: "window" });
  const open = pages.find((page) => new URL(page.url).pathname === address) ?? pages[0];
  if (!open) return self.clients.openWindow(address);
  await open.focus();
  if (new URL(open.url).pathname !== address) await open.navigate(address);
}
