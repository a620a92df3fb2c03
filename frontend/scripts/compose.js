// @ts-check
// Helps while writing: signs left, a look at the pictures chosen. The form works the same without it.

for (const form of document.querySelectorAll("form[data-compose]")) {
  if (!(form instanceof HTMLFormElement)) continue;
  count(form);
  warn(form);
  oneByOne([...form.querySelectorAll(".slots > .slot:has(input[type='file'])")]);
  for (const input of form.querySelectorAll('input[type="file"]')) {
    if (input instanceof HTMLInputElement) preview(input);
  }
}

/**
 * How long a text is: an address counts as 23 signs, a name without its server, as when published.
 * @param {string} text
 */
function lengthOf(text) {
  const plain = text
    .replace(/https?:\/\/\S+/g, "x".repeat(23))
    .replace(/(@[\p{L}\p{N}_]+)@[\p{L}\p{N}.-]+[\p{L}\p{N}]/gu, "$1");
  return [...new Intl.Segmenter().segment(plain.trim())].length;
}

/**
 * Shows how many signs are left: always where one writes at length, else once fewer than a tenth remain. Said aloud only then,
 * and not at each letter.
 * @param {HTMLFormElement} form
 */
function count(form) {
  const text = form.querySelector('textarea[name="text"]');
  const place = form.querySelector("[data-count]");
  const said = form.querySelector("[data-count-said]");
  const limit = Number(form.dataset.limit);
  if (!(text instanceof HTMLTextAreaElement) || !place || !said || !limit) return;
  const show = () => {
    const left = limit - lengthOf(text.value);
    const short = left < limit / 10;
    const words = `${left.toLocaleString(document.documentElement.lang)} ${form.dataset.left ?? ""}`;
    place.textContent = short || form.classList.contains("tall") ? words : "";
    place.classList.toggle("over", left < 0);
    if (short && (left % 50 === 0 || left < 0)) said.textContent = words;
  };
  text.addEventListener("input", show);
  show();
}

/**
 * Says what becomes of a post while there is no network: with the town as an app, it waits.
 * @param {HTMLFormElement} form
 */
function warn(form) {
  const { offline } = form.dataset;
  if (!offline) return;
  const line = document.createElement("p");
  line.className = "hint";
  line.setAttribute("role", "status");
  const show = () => {
    const waits = !navigator.onLine && navigator.serviceWorker?.controller;
    line.hidden = !waits;
    line.textContent = waits ? offline : "";
  };
  for (const change of ["online", "offline"]) addEventListener(change, show);
  show();
  form.append(line);
}

/**
 * Offers a place for the next picture once the one before is filled.
 * @param {Element[]} slots
 */
function oneByOne(slots) {
  slots.forEach((slot, n) => {
    if (!(slot instanceof HTMLElement)) return;
    slot.hidden = n > 0;
    slot.addEventListener("change", () => {
      const next = slots[n + 1];
      if (next instanceof HTMLElement) next.hidden = false;
    });
  });
}

/** @param {HTMLInputElement} input */
function preview(input) {
  const image = document.createElement("img");
  image.alt = "";
  image.hidden = true;
  input.after(image);
  input.addEventListener("change", () => {
    if (image.src) URL.revokeObjectURL(image.src);
    const file = input.files?.[0];
    image.hidden = !file?.type.startsWith("image/");
    if (file && !image.hidden) image.src = URL.createObjectURL(file);
  });
}
