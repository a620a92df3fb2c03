// @ts-check
// A menu that is open closes by Escape and when one goes elsewhere, so that it covers nothing that has the focus. Without it,
// the button that opened it closes it.

const OPEN = ":is(.menu, .brand-menu)[open]";

/** @returns {HTMLDetailsElement[]} */
function openMenus() {
  return [...document.querySelectorAll(OPEN)].filter((menu) => menu instanceof HTMLDetailsElement);
}

/** @param {KeyboardEvent} event */
function leave(event) {
  if (event.key !== "Escape" || event.defaultPrevented) return;
  const [menu] = openMenus();
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary")?.focus();
}

/** @param {Event} event */
function goElsewhere({ target }) {
  for (const menu of openMenus()) {
    if (target instanceof Node && !menu.contains(target)) menu.open = false;
  }
}

document.addEventListener("keydown", leave);
for (const kind of ["pointerdown", "focusin"]) document.addEventListener(kind, goElsewhere);
