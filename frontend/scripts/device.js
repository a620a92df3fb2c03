// @ts-check
// The switch by which a browser is told of notices while no page is open. Without it the page says what it takes.

const form = document.querySelector("form[data-device]");
const registration = "PushManager" in window ? await navigator.serviceWorker?.register("/worker.js") : undefined;

if (form instanceof HTMLFormElement && registration) {
  form.querySelector("[data-needs]")?.remove();
  const start = form.querySelector("[data-start]");
  if (start instanceof HTMLElement) start.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const way = event.submitter?.matches("[data-start]") ? begin(form, registration) : end(registration);
    way.then(
      () => form.submit(),
      (why) => say(form, why),
    );
  });
}

/**
 * @param {HTMLFormElement} form
 * @param {ServiceWorkerRegistration} registration
 */
async function begin(form, registration) {
  const wish = await Notification.requestPermission();
  if (wish !== "granted") throw new DOMException("", "NotAllowedError");
  await navigator.serviceWorker.ready;
  // One that was made with another key of the town, or in another log-in, is of no use.
  await (await registration.pushManager.getSubscription())?.unsubscribe();
  const made = await registration.pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: form.dataset.device,
  });
  const { endpoint, keys } = made.toJSON();
  for (const [name, value] of Object.entries({ endpoint, ...keys })) set(form, name, value);
}

/** @param {ServiceWorkerRegistration} registration */
async function end(registration) {
  await (await registration.pushManager.getSubscription())?.unsubscribe();
}

/**
 * @param {HTMLFormElement} form
 * @param {string} name
 * @param {string | undefined} value
 */
function set(form, name, value) {
  const input = form.elements.namedItem(name);
  if (input instanceof HTMLInputElement) input.value = value ?? "";
}

/**
 * @param {HTMLFormElement} form
 * @param {unknown} why
 */
function say(form, why) {
  const isDenied = why instanceof DOMException && why.name === "NotAllowedError";
  const said = form.querySelector("[data-said]");
  if (said) said.textContent = (isDenied ? form.dataset.denied : form.dataset.failed) ?? "";
}
