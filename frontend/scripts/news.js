// @ts-check
// Says once that there are new posts, without moving what one reads. While somebody looks at the page, the town tells it that
// something has come; where that cannot be heard, the page asks, seldom. Without this a link leads to them.

const PAUSE_MS = 60_000;
/** Of many posts in a row the page asks once. */
const BREATH_MS = 3_000;
/** One post reaches the pages of a whole town at once; within so long each asks at a moment of its own. */
const SPREAD_MS = 5_000;
const place = document.querySelector("[data-news]");
const link = place?.querySelector("a");
const said = place?.querySelector('[role="status"]');
let asked = 0;
let soon = 0;
/** @type {EventSource | null} */
let stream = null;

async function look() {
  if (!(place instanceof HTMLElement) || !link || !said || document.hidden) return;
  asked = Date.now();
  const answer = await fetch(String(place.dataset.news)).catch(() => null);
  if (answer?.status !== 200) return;
  const words = await answer.text();
  link.textContent = words;
  if (place.dataset.some === undefined) {
    place.dataset.some = "";
    said.textContent = words;
  }
}

function lookSoon() {
  if (soon) return;
  const wait = Math.max(Math.random() * SPREAD_MS, asked + BREATH_MS - Date.now());
  soon = setTimeout(() => {
    soon = 0;
    void look();
  }, wait);
}

/** The browser comes back by itself where the line breaks off; what came meanwhile is asked for each time it is there. */
function listen() {
  if (stream || document.hidden) return;
  const line = new EventSource("/nouveautes/flux");
  line.addEventListener("open", lookSoon);
  line.addEventListener("news", lookSoon);
  line.addEventListener("error", () => line.readyState === EventSource.CLOSED && lookSoon());
  stream = line;
}

/** A page that nobody sees wakes no phone. */
function rest() {
  stream?.close();
  stream = null;
}

function lookWhereNothingIsHeard() {
  if (stream?.readyState !== EventSource.OPEN) void look();
}

if (place) {
  listen();
  setInterval(lookWhereNothingIsHeard, PAUSE_MS);
  document.addEventListener("visibilitychange", () => (document.hidden ? rest() : listen()));
  addEventListener("pagehide", rest);
  addEventListener("pageshow", (event) => event.persisted && listen());
}
