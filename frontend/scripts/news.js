// @ts-check
// Says once that there are new posts, without moving what one reads. Asks seldom, and only while somebody looks at the page.
// Without this a link leads to them.

const PAUSE_MS = 60_000;
const place = document.querySelector("[data-news]");
const link = place?.querySelector("a");
const said = place?.querySelector('[role="status"]');
let asked = 0;

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

/** Who comes back to the page after a while need not wait. */
function lookAgain() {
  if (Date.now() - asked > PAUSE_MS / 2) void look();
}

if (place) {
  setInterval(look, PAUSE_MS);
  document.addEventListener("visibilitychange", lookAgain);
  addEventListener("pageshow", (event) => event.persisted && lookAgain());
}
