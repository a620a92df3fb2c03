// @ts-check
// Lets a phone use the town as an app: what is kept for when the network is away, and what waits for it, is the worker's
// business.

const { serviceWorker } = navigator;
/** The browser says that there is a network before everything can be reached through it: soon again, then ever more seldom. */
const SOON_MS = 2_000;
const SELDOM_MS = 300_000;
let pause = SOON_MS;
let again = 0;

/** What was written without a network goes out, and the worker says what became of it. */
async function send() {
  const { active } = await serviceWorker.ready;
  active?.postMessage("send");
}

/** Without a network the browser says when it is back. */
function tryAgain() {
  if (navigator.onLine) void send();
}

/** @param {{ sent: number, left: number, refused: string[] }} came */
function told({ sent, left, refused }) {
  clearTimeout(again);
  if (left > 0) again = setTimeout(tryAgain, pause);
  pause = sent > 0 || left === 0 ? SOON_MS : Math.min(2 * pause, SELDOM_MS);
  const unsent = document.querySelector("[data-unsent]");
  if (unsent instanceof HTMLElement) unsent.hidden = !refused.includes(unsent.dataset.unsent ?? "");
  // A page that was here before the post went out does not show it.
  const isOld = document.querySelector("[data-waiting], [data-kept]:not([hidden])");
  // What is being typed stays where it is.
  const isTyping = [...document.querySelectorAll("textarea")].some((text) => text.value !== text.defaultValue);
  if (isOld && !isTyping && sent > 0 && left + refused.length === 0) location.replace("/");
}

if (serviceWorker) {
  // First of all: the browser may wake the worker by itself, and what it says while it is being registered is said once.
  serviceWorker.addEventListener("message", ({ data }) => told(data));
  addEventListener("online", send);
  await serviceWorker.register("/worker.js");
  if (navigator.onLine) await send();
}
