// Stands between the pages and the network once the town is an app: files that never change come from here, and without a
// network the last home page is shown again. Nothing else of anybody is kept, and that one not beyond the log-out.
// What somebody writes meanwhile waits here and goes out when the network is back. It shows what push services bring, and lays
// aside the pictures that other apps hand over until somebody attaches them to a post.
// The program writes FILES (addresses of what the pages need), VERSION, TOWN (its name) and LOOKS (buttons of the form that
// only change it) above this.

const KEPT = `files-${VERSION}`;
const HOME = "home";
const OFFLINE = "/hors-ligne";
const WRITING = "/ecrire";
/** Posts that wait, each a form as it was sent. */
const WAITING = "waiting";
const WAITS = "/en-attente";
/** Where other apps hand over, and the pictures of the last times: so many, and so long, with when they came. */
const SHARING = "/partager";
const SHARED = "shared";
const SHARES = 3;
const AN_HOUR = 3_600_000;
const CAME = "x-came";
/** Where somebody says whether this device is to tell them, and what that form is sent to. */
const TELLING = "/reglages/avis";
const DEVICE = "/reglages/avis/appareil";
/** Marks one that the town did not take: its author decides. */
const REFUSED = "x-refused";
/** Names the account that wrote it: nobody else sees it. */
const AUTHOR = "x-author";
/** Forms by which somebody leaves. */
const LEAVING = ["/deconnexion", "/reglages/supprimer"];
/** Counts forms: what was asked for before one belongs to whoever was there before. */
let changes = 0;
let forgetting = Promise.resolve();
let sending = Promise.resolve({});

addEventListener("install", (event) => event.waitUntil(prepare()));
addEventListener("activate", (event) => event.waitUntil(tidy()));
addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== location.origin) return;
  if (request.method === "POST" && LEAVING.includes(pathname)) {
    event.respondWith(leave(request));
  } else if (request.method === "POST" && request.mode === "navigate" && pathname === WRITING) {
    event.respondWith(write(request));
  } else if (request.method === "POST" && request.mode === "navigate" && pathname === SHARING) {
    event.respondWith(takeIn(request));
  } else if (request.method === "POST" && request.mode === "navigate" && navigator.onLine) {
    // Somebody else may come by it. Without a network nobody does, and what was kept is all there is.
    event.waitUntil(forget(HOME));
  } else if (request.method === "GET" && request.mode === "navigate") {
    event.respondWith(page(event, request.url));
  } else if (request.method === "GET" && FILES.includes(pathname)) {
    event.respondWith(file(request));
  }
});

addEventListener("message", (event) => event.data === "send" && event.waitUntil(send()));
addEventListener("sync", (event) => event.waitUntil(sendOrTryLater()));
addEventListener("push", (event) => event.waitUntil(show(event.data?.text() ?? "{}")));
addEventListener("pushsubscriptionchange", (event) => event.waitUntil(renew(event)));
addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(clients.openWindow(event.notification.data));
});

function forget(...names) {
  changes += 1;
  forgetting = Promise.all(names.map((name) => caches.delete(name)));
  return forgetting;
}

/** Whoever could not leave is still here, and so is what they wrote. */
async function leave(request) {
  const answer = await fetch(request).catch(() => null);
  if (answer?.type === "opaqueredirect") {
    await forget(HOME, WAITING, SHARED);
    const shown = (await registration.getNotifications?.()) ?? [];
    for (const notification of shown) notification.close();
  }
  return answer || (await caches.match(OFFLINE)) || Response.error();
}

async function prepare() {
  const cache = await caches.open(KEPT);
  // As nobody's: it is shown to whoever is there when the network is away.
  const waits = new Request(WAITS, { credentials: "omit" });
  // The town's colour has no fingerprint in its name: an older one must not come out of the browser's own store.
  const files = FILES.map((path) => (path.startsWith("/theme/") ? new Request(path, { cache: "reload" }) : path));
  await cache.addAll([OFFLINE, waits, ...files]);
  await skipWaiting();
}

async function tidy() {
  const names = await caches.keys();
  const old = names.filter((name) => ![KEPT, HOME, WAITING, SHARED].includes(name));
  await Promise.all(old.map((name) => caches.delete(name)));
  await clients.claim();
}

async function file(request) {
  const cache = await caches.open(KEPT);
  return (await cache.match(request)) ?? fetch(request);
}

async function page(event, url) {
  const { pathname, search } = new URL(url);
  const isHome = pathname === "/";
  const before = changes;
  try {
    const answer = await fetch(event.request);
    // Older pages of it, or what is new since one looked last, are not what is shown again.
    if (isHome && !search && answer.ok) event.waitUntil(keep(answer.clone(), before));
    return answer;
  } catch {
    const kept = pathname === WAITS ? WAITS : OFFLINE;
    return (isHome && (await keptHome())) || (await caches.match(kept)) || Response.error();
  }
}

/** Keeps the home of somebody who is logged in, which has a place to say that it is an old one. */
async function keep(answer, before) {
  const text = await answer.text();
  await forgetting;
  if (changes !== before) return;
  if (!text.includes(" hidden data-kept>")) {
    // Nobody is logged in any more, however that came: nothing of theirs stays.
    await Promise.all([HOME, SHARED].map((name) => caches.delete(name)));
    return;
  }
  const headers = new Headers(answer.headers);
  headers.delete("content-encoding");
  headers.delete("content-length");
  headers.set("x-kept-at", new Date().toISOString());
  const cache = await caches.open(HOME);
  // What was done just then is not said again each time.
  const lasting = text.replace(/<div [^>]*data-flash>.*?<\/div>/s, "");
  await cache.put("/", new Response(lasting, { headers }));
}

async function keptHome() {
  const cache = await caches.open(HOME);
  const kept = await cache.match("/");
  if (!kept) return undefined;
  const text = await kept.text();
  const lang = /<html lang="([a-z-]+)"/.exec(text)?.[1] ?? "fr";
  const at = new Date(kept.headers.get("x-kept-at") ?? 0);
  const when = at.toLocaleString(lang, { dateStyle: "long", timeStyle: "short" });
  const shown = text
    .replace(" hidden data-kept", "")
    .replace("<time data-kept-at></time>", `<time>${when}</time>`);
  return new Response(shown, { headers: kept.headers });
}

async function write(request) {
  const copy = request.clone();
  const answer = await fetch(request).catch(() => null);
  // A server before the town may have no answer from it either: then its page has no text in it.
  if (answer && answer.status < 500) return answer;
  await lay(await copy.formData());
  return (await caches.match(WAITS)) || Response.error();
}

/** Whoever only wanted to see the form again finds what they wrote among the drafts. */
async function lay(written) {
  for (const name of LOOKS.filter((look) => written.has(look))) {
    written.delete(name);
    written.set("garder", "1");
  }
  // Nobody would be there to answer.
  written.delete("rappel");
  const cache = await caches.open(WAITING);
  const headers = { [AUTHOR]: String(written.get("auteur") ?? "") };
  await cache.put(`${WAITS}/${Date.now()}-${Math.random()}`, new Response(written, { headers }));
  // Browsers that know it wake this when the network is back, even if no page is open.
  await registration.sync?.register("send").catch(() => undefined);
}

/** What other apps hand over bears no token of the town's: only the words go there, in an address, as a question. */
async function takeIn(request) {
  const given = await request.formData();
  const words = new URLSearchParams();
  for (const name of ["titre", "texte", "lien"]) words.set(name, String(given.get(name) ?? ""));
  const pictures = given.getAll("images").filter((picture) => picture instanceof File && picture.size > 0);
  if (pictures.length > 0) {
    const number = await layAside(pictures).catch(() => null);
    words.set(number ? "partage" : "sans", number ?? "1");
  }
  return Response.redirect(`${SHARING}?${words}`, 303);
}

/** Gives the number by which the form finds them, if there is room: those of before still wait, though not for ever. */
async function layAside(pictures) {
  const cache = await caches.open(SHARED);
  let waiting = 0;
  for (const key of await cache.keys()) {
    const came = Number((await cache.match(key))?.headers.get(CAME));
    if (Date.now() - came < AN_HOUR) waiting += 1;
    else await cache.delete(key);
  }
  if (waiting >= SHARES) return null;
  const form = new FormData();
  for (const picture of pictures) form.append("images", picture);
  const number = crypto.randomUUID();
  const headers = { [CAME]: String(Date.now()) };
  await cache.put(`${SHARING}/${number}`, new Response(form, { headers }));
  return number;
}

/** One round at a time, so that nothing goes out twice; the town, too, takes each form only once. */
function send() {
  sending = sending.then(sendEach, sendEach);
  return sending;
}

/** The browser wakes this again later where it fails. */
async function sendOrTryLater() {
  const { left } = await send();
  if (left > 0) throw new Error(`${left} still wait`);
}

async function sendEach() {
  const came = { sent: 0, left: 0, refused: [] };
  const cache = await caches.open(WAITING);
  for (const key of await cache.keys()) {
    const kept = await cache.match(key);
    if (!kept) continue;
    const became = kept.headers.has(REFUSED) ? "refused" : await sendOne(cache, key, kept);
    if (became === "refused") came.refused.push(kept.headers.get(AUTHOR));
    else if (became !== "dropped") came[became] += 1;
  }
  const pages = await clients.matchAll();
  for (const page of pages) page.postMessage(came);
  return came;
}

async function sendOne(cache, key, kept) {
  const again = kept.clone();
  const body = await kept.formData();
  const answer = await fetch(WRITING, { method: "POST", body, redirect: "manual" }).catch(() => null);
  if (answer?.type === "opaqueredirect") {
    await cache.delete(key);
    return "sent";
  }
  // Somebody else is logged in here.
  if (answer?.status === 410) {
    await cache.delete(key);
    return "dropped";
  }
  // Nobody answered, or not now.
  if (!answer || answer.status >= 500 || answer.status === 429) return "left";
  const headers = new Headers(again.headers);
  headers.set(REFUSED, "1");
  await cache.put(key, new Response(await again.blob(), { headers }));
  return "refused";
}

/**
 * The browser is told at another place from now on: the town hears of it by the form of the settings, if it is to tell whoever
 * is logged in here. Otherwise there is nobody to tell.
 */
async function renew({ newSubscription }) {
  const page = await fetch(TELLING).catch(() => null);
  if (!page || (!page.redirected && !page.ok)) return;
  const text = page.redirected ? "" : await page.text();
  const csrf = /name="csrf" value="([^"]+)"/.exec(text)?.[1];
  const key = /data-device="([^"]+)"/.exec(text)?.[1];
  if (!csrf || !key || !text.includes('name="arreter"')) {
    await newSubscription?.unsubscribe();
    return;
  }
  const asked = { userVisibleOnly: true, applicationServerKey: key };
  const made = newSubscription ?? (await registration.pushManager.subscribe(asked));
  const { endpoint, keys } = made.toJSON();
  const body = new URLSearchParams({ csrf, endpoint, ...keys });
  const answer = await fetch(DEVICE, { method: "POST", body, redirect: "manual" }).catch(() => null);
  // The town knows nothing of it: better none than one that nobody speaks to.
  if (answer?.type !== "opaqueredirect") await made.unsubscribe();
}

/** The number of a notice is read as text: it has more digits than a number here can hold. */
async function show(text) {
  const { title, body, icon, preferred_locale: lang } = JSON.parse(text);
  const number = /"notification_id":\s*(\d+)/.exec(text)?.[1];
  const data = number ? `/avis/${number}` : "/avis";
  await registration.showNotification(title || TOWN, { body, icon, lang, tag: data, data });
}
