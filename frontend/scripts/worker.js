// Stands between the pages and the network once the town is an app: files that never change come from here, and without a
// network the last home page is shown again. Nothing else of anybody is kept, and that one not beyond the log-out.
// The program writes FILES (addresses of what the pages need) and VERSION above this.

const KEPT = `files-${VERSION}`;
const HOME = "home";
const OFFLINE = "/hors-ligne";
/** Forms by which somebody comes or goes. */
const CHANGES = [
  "/connexion",
  "/connexion/code",
  "/deconnexion",
  "/inscription",
  "/mot-de-passe-oublie",
  "/reglages/supprimer",
];
/** Counts them: what was asked for before belongs to whoever was there before. */
let changes = 0;
let forgetting = Promise.resolve(false);

addEventListener("install", (event) => event.waitUntil(prepare()));
addEventListener("activate", (event) => event.waitUntil(tidy()));
addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== location.origin) return;
  if (request.method === "POST" && CHANGES.includes(pathname)) {
    changes += 1;
    forgetting = caches.delete(HOME);
    event.waitUntil(forgetting);
  } else if (request.method === "GET" && request.mode === "navigate") {
    event.respondWith(page(event, request.url));
  } else if (request.method === "GET" && FILES.includes(pathname)) {
    event.respondWith(file(request));
  }
});

async function prepare() {
  const cache = await caches.open(KEPT);
  await cache.addAll([OFFLINE, ...FILES]);
  await skipWaiting();
}

async function tidy() {
  const names = await caches.keys();
  const old = names.filter((name) => name !== KEPT && name !== HOME);
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
    return (isHome && (await keptHome())) || (await caches.match(OFFLINE)) || Response.error();
  }
}

/** Keeps the home of somebody who is logged in, which has a place to say that it is an old one. */
async function keep(answer, before) {
  const text = await answer.text();
  await forgetting;
  if (changes !== before) return;
  if (!text.includes("data-kept")) {
    await caches.delete(HOME);
    return;
  }
  const headers = new Headers(answer.headers);
  headers.delete("content-encoding");
  headers.delete("content-length");
  headers.set("x-kept-at", new Date().toISOString());
  const cache = await caches.open(HOME);
  await cache.put("/", new Response(text, { headers }));
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
