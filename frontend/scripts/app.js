// @ts-check
// Lets a phone use the town as an app: what is kept for when the network is away, and what waits for it, is the worker's
// business.

const { serviceWorker } = navigator;

/** What was written without a network goes out, and the worker says what became of it. */
async function send() {
  const { active } = await serviceWorker.ready;
  active?.postMessage("send");
}

/** @param {{ sent: number, left: number, refused: string[] }} came */
function told({ sent, left, refused }) {
  const unsent = document.querySelector("[data-unsent]");
  if (unsent instanceof HTMLElement) unsent.hidden = !refused.includes(unsent.dataset.unsent ?? "");
  // A page that was here before the post went out does not show it.
  const isOld = document.querySelector("[data-waiting], [data-kept]:not([hidden])");
  // What is being typed stays where it is.
  const isTyping = [...document.querySelectorAll("textarea")].some((text) => text.value !== text.defaultValue);
  if (isOld && !isTyping && sent > 0 && left + refused.length === 0) location.replace("/");
}

if (serviceWorker) {
  await serviceWorker.register("/worker.js");
  serviceWorker.addEventListener("message", ({ data }) => told(data));
  addEventListener("online", send);
  if (navigator.onLine) await send();
}
