// @ts-check
// Helps while writing: signs left, a look at the pictures chosen. The form works the same without it.

for (const form of document.querySelectorAll("form[data-compose]")) {
  if (!(form instanceof HTMLFormElement)) continue;
  count(form);
  oneByOne([...form.querySelectorAll(".slot:has(input[type='file'])")]);
  for (const input of form.querySelectorAll('input[type="file"]')) {
    if (input instanceof HTMLInputElement) preview(input);
  }
}

/**
 * Shows how many signs are left once fewer than a tenth remain; an address counts as 23, as when published.
 * @param {HTMLFormElement} form
 */
function count(form) {
  const text = form.querySelector('textarea[name="text"]');
  const place = form.querySelector("[data-count]");
  const limit = Number(form.dataset.limit);
  if (!(text instanceof HTMLTextAreaElement) || !(place instanceof HTMLElement) || !limit) return;
  const show = () => {
    const left = limit - [...text.value.replace(/https?:\/\/\S+/g, "x".repeat(23))].length;
    place.textContent = left < limit / 10 ? String(left) : "";
    place.classList.toggle("over", left < 0);
  };
  text.addEventListener("input", show);
  show();
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
    image.hidden = !file;
    if (file) image.src = URL.createObjectURL(file);
  });
}
