// Live updates: keeps this page's stream open, says when it is not, and does what the server's words ask.

const BEAT_MS = 17_000; // a heartbeat comes every 15 s: what is silent for longer has to prove itself when asked
const SILENCE_MS = 25_000; // and here nobody asks
const SETTLED_MS = 300; // a change of the network is told in several events
const NOTICE_AFTER_MS = 2_000; // shorter cuts are nobody's business
const FIRST_WAIT_MS = 500;
const SLOWEST_MS = 15_000;
const RELOADS_APART_MS = 10_000;
const HIDDEN_STREAMS = 3; // HTTP/1.1 gives a browser six connections to a host, and hidden tabs must not eat them

let stream = null;
let connection = null;
let cursor = ""; // the last event seen, also by a stream that was replaced since: what stands beside it lived on that
let heardAt = 0;
let failures = 0;
let reconnectTimer = 0;
let renewTimer = 0;
let noticeTimer = 0;
let paused = false;
let mayStayHidden = false;
let isOver = false;
let banner = null;

export default function live(element) {
  stream = element;
  connection = null;
  cursor = earlier(cursor, element.getAttribute("hx-sse:connect")?.match(/[?;&]desde=(\d+)/)?.[1]);
  placeNotice(element);
  const on = (name, act) => element.addEventListener(name, act);
  on("htmx:config:request", ({ detail }) => cursor && (detail.ctx.request.headers["Last-Event-ID"] = cursor));
  on("htmx:sse:before:connection", (event) => (paused || isOver ? event.preventDefault() : worry()));
  on("htmx:sse:after:connection", ({ detail }) => opened(detail.connection));
  on("htmx:sse:before:message", () => heard());
  on("htmx:sse:error", ({ detail }) => failed(detail.status));
  on("htmx:sse:close", () => element.isConnected && reconnect());
  on("htmx:response:error", ({ detail }) => failed(detail.ctx.response.status) || reconnect(detail.ctx.response));
  on("htmx:error", () => failed() || reconnect());
  on("htmx:before:swap", keepFocus);
  on("htmx:sse:after:message", updated);
  on("reset", reload);
  on("signed-out", signIn);
  on("gone", leave);
  on("facts", () => document.dispatchEvent(new CustomEvent("waia:facts")));
  connect();
}

/** A part of the page that was drawn before the last event was told has not seen it. What is told twice does no harm. */
function earlier(told, drawn) {
  return told && drawn && Number(drawn) < Number(told) ? drawn : told;
}

/** htmx may have looked at the page before its extension was loaded: then the element is not alive yet. */
function connect() {
  if (paused || isOver || !stream.isConnected) return;
  if (!("htmxPowered" in stream.dataset)) htmx.process(stream);
  stream.dispatchEvent(new Event("waia:connect"));
}

function opened(made) {
  connection = made;
  connection.lastEventId ||= cursor;
  failures = 0;
  heard();
}

function heard() {
  heardAt = Date.now();
  cursor = connection?.lastEventId || cursor;
  clearTimeout(noticeTimer);
  noticeTimer = 0;
  notice(false);
}

function worry() {
  noticeTimer ||= setTimeout(notice, NOTICE_AFTER_MS, true);
}

/** Whether there is no use in trying again. A server that closed asked for one long wait, not for a series. */
function failed(status) {
  worry();
  if (connection) connection.config.reconnectDelay = FIRST_WAIT_MS;
  if (status === 401) signIn();
  if (status === 403) reload();
  return isOver;
}

/** For what the extension does not try again: a first connection that failed, a stream that ended for good. */
function reconnect(response) {
  const asked = Number(response?.headers.get("Retry-After")) * 1_000;
  const wait = asked || Math.min(FIRST_WAIT_MS * 2 ** failures++, SLOWEST_MS);
  clearTimeout(reconnectTimer);
  reconnectTimer = setTimeout(connectAgain, wait * (0.7 + Math.random() * 0.6));
}

function connectAgain() {
  clearTimeout(reconnectTimer);
  reconnectTimer = 0;
  connect();
}

/** The notice stands outside the stream's element, which is replaced often and may be hidden. */
function placeNotice(element) {
  const own = element.querySelector("#connection");
  if (banner) own?.remove();
  else document.body.append((banner = own));
}

/** Text that appears is read aloud. */
function notice(shown) {
  banner.textContent = shown ? banner.dataset.text : "";
  banner.hidden = !shown;
}

function signIn() {
  isOver = true;
  stream.dispatchEvent(new CustomEvent("waia:sign-in", { bubbles: true }));
}

/** The same person is signed in again: the page goes on where it was. */
function resume() {
  isOver = false;
  failures = 0;
  connect();
}

/** The chat is out of sight now; the list stays. */
function leave() {
  document.body.dispatchEvent(new CustomEvent("waia:leave", { detail: { gone: true } }));
}

/** Never in a loop: a page that comes back and must go again waits. */
function reload() {
  isOver = true;
  const since = Date.now() - Number(sessionStorage.getItem("waia-reloaded") ?? 0);
  setTimeout(() => {
    sessionStorage.setItem("waia-reloaded", Date.now());
    location.reload();
  }, Math.max(0, RELOADS_APART_MS - since));
}

/** A row that moves is taken out and put back; whoever stands on it with the keyboard must not fall off. */
function keepFocus() {
  const row = document.activeElement?.closest("#chats > li");
  const place = row && [...row.querySelectorAll("a, button")].indexOf(document.activeElement);
  if (!row) return;
  stream.addEventListener("htmx:after:swap", () => {
    if (document.activeElement && document.activeElement !== document.body) return;
    document.getElementById(row.id)?.querySelectorAll("a, button")[place]?.focus({ preventScroll: true });
  }, { once: true });
}

function updated({ detail }) {
  cursor = detail.connection.lastEventId || cursor;
  if (detail.message.event) return;
  dropStrays();
  countInTitle();
  document.dispatchEvent(new CustomEvent("waia:live"));
}

/** A chat older than the last row loaded belongs to a page of the list that is not here yet. */
function dropStrays() {
  const more = document.getElementById("more-chats");
  const end = more?.dataset.end;
  const order = document.getElementById("chat-results")?.dataset.order;
  for (let row = more?.previousElementSibling; row && end; row = more.previousElementSibling) {
    const beyond = order === "wait" ? row.dataset.wait > end : row.dataset[order] < end;
    if (!beyond) return;
    row.remove();
  }
}

function countInTitle() {
  const shown = document.querySelector("#counts [data-view=no_leidos] .tab__count")?.textContent ?? "";
  const unread = shown.replace(/\D/g, "");
  const title = document.title.replace(/^\(\d+\) /, "");
  const wanted = unread ? `(${unread}) ${title}` : title;
  if (document.title !== wanted) document.title = wanted;
}

function lookAfter(patience = SILENCE_MS) {
  if (!paused && connection?.reader && Date.now() - heardAt > patience) {
    heardAt = Date.now();
    failed();
    connection.reader.cancel();
  }
}

/** The network may be another one. A stream over the old one says nothing any more, not even that it is over. */
function renew() {
  clearTimeout(renewTimer);
  renewTimer = setTimeout(() => {
    if (connection?.reader) lookAfter(0);
    else if (!connection?.delayCanceller) connection?.abortController.abort(); // it waits for an answer over the old one
    hurry();
  }, SETTLED_MS);
}

/** Browsers tell of every guess about speed, too. */
function followNetwork(network) {
  const kind = () => `${network.type} ${network.effectiveType}`;
  let known = kind();
  network.addEventListener("change", () => {
    if (known === kind()) return;
    known = kind();
    renew();
  });
}

/** There is reason to believe that it works now: no waiting. */
function hurry() {
  lookAfter(BEAT_MS);
  if (reconnectTimer) connectAgain();
  connection?.delayCanceller?.();
}

function showOrHide() {
  const wasPaused = paused;
  paused = document.hidden && !mayStayHidden;
  if (paused) connection?.reader?.cancel();
  else if (wasPaused && stream) connect();
  if (!paused) hurry();
}

/** A few tabs keep their stream while hidden, for the sound and the title; the others catch up when shown. */
async function claimPlace() {
  mayStayHidden = !navigator.locks;
  for (let place = 0; place < HIDDEN_STREAMS && !mayStayHidden; place++) mayStayHidden = await claim(`waia-live-${place}`);
  showOrHide();
}

/** The lock is held until the tab is closed. */
function claim(name) {
  return new Promise((answer) => {
    navigator.locks.request(name, { ifAvailable: true }, (lock) => {
      answer(lock !== null);
      return lock && new Promise(() => {});
    });
  });
}

claimPlace();
setInterval(lookAfter, 5_000);
if (navigator.connection) followNetwork(navigator.connection);
addEventListener("online", renew);
addEventListener("focus", hurry);
document.addEventListener("htmx:after:request", ({ target }) => target.id !== "stream" && lookAfter(BEAT_MS));
addEventListener("offline", () => failed());
document.addEventListener("waia:resume", resume);
document.addEventListener("visibilitychange", showOrHide);
new MutationObserver(countInTitle).observe(document.querySelector("title"), { childList: true });
countInTitle();
