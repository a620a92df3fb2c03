// @ts-check
// Completes names after an @ and tags after a # while they are typed.

const BEGUN = /(?:^|[\s(])([@#][\p{L}\p{N}_][\p{L}\p{N}_.@-]{1,60})$/u;
const PATIENCE = 200;

for (const text of document.querySelectorAll('form[data-compose] textarea[name="text"]')) {
  if (text instanceof HTMLTextAreaElement) suggest(text);
}

/** @param {HTMLTextAreaElement} text */
function suggest(text) {
  const form = text.closest("form");
  const list = document.createElement("ul");
  list.className = "suggestions";
  list.id = `${text.id}-suggestions`;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", form?.dataset.found ?? "");
  list.hidden = true;
  const said = document.createElement("span");
  said.className = "hidden-text";
  said.setAttribute("role", "status");
  text.after(list, said);
  text.setAttribute("aria-autocomplete", "list");
  text.setAttribute("aria-controls", list.id);
  text.setAttribute("autocomplete", "off");

  let wait = 0;
  let asked = "";
  /** @type {HTMLElement | null} */
  let chosen = null;

  const close = () => {
    asked = "";
    chosen = null;
    list.hidden = true;
    list.replaceChildren();
    said.textContent = "";
    text.removeAttribute("aria-activedescendant");
  };

  /** @param {Element | null} item */
  const choose = (item) => {
    if (!(item instanceof HTMLElement)) return;
    chosen?.setAttribute("aria-selected", "false");
    chosen = item;
    item.setAttribute("aria-selected", "true");
    text.setAttribute("aria-activedescendant", item.id);
  };

  /** @param {HTMLElement} item */
  const take = (item) => {
    const begun = begunAt(text);
    if (begun) {
      const from = text.selectionStart - begun.length;
      text.setRangeText(`${item.dataset.text ?? begun} `, from, text.selectionStart, "end");
      text.dispatchEvent(new Event("input", { bubbles: true }));
    }
    close();
    text.focus();
  };

  const look = async () => {
    const begun = begunAt(text);
    if (!begun) {
      close();
      return;
    }
    if (begun === asked) return;
    asked = begun;
    const answer = await fetch(`/ecrire/propositions?debut=${encodeURIComponent(begun)}`).catch(() => null);
    // Somebody who types on has asked for something else meanwhile.
    if (!answer?.ok || answer.redirected || asked !== begun) return;
    const piece = document.createElement("template");
    piece.innerHTML = await answer.text();
    if (asked !== begun) return;
    const items = [...piece.content.querySelectorAll("li")];
    if (items.length === 0) {
      close();
      return;
    }
    items.forEach((item, n) => {
      item.id = `${list.id}-${n}`;
      item.setAttribute("aria-selected", "false");
    });
    chosen = null;
    list.replaceChildren(...items);
    list.hidden = false;
    said.textContent = `${items.length} ${form?.dataset.found ?? ""}`;
    choose(items[0] ?? null);
  };

  text.addEventListener("input", () => {
    clearTimeout(wait);
    wait = setTimeout(look, PATIENCE);
  });
  text.addEventListener("blur", () => setTimeout(close, PATIENCE));
  text.addEventListener("keydown", (event) => {
    if (list.hidden || !chosen) return;
    const step = { ArrowDown: chosen.nextElementSibling, ArrowUp: chosen.previousElementSibling };
    if (event.key === "ArrowDown" || event.key === "ArrowUp") choose(step[event.key]);
    else if (event.key === "Enter" || event.key === "Tab") take(chosen);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  });
  list.addEventListener("pointerdown", (event) => {
    const item = event.target instanceof Element ? event.target.closest("li") : null;
    if (!(item instanceof HTMLElement)) return;
    event.preventDefault();
    take(item);
  });
}

/**
 * What stands before the cursor and may be a name or a tag.
 * @param {HTMLTextAreaElement} text
 */
function begunAt(text) {
  if (text.selectionStart !== text.selectionEnd) return null;
  return BEGUN.exec(text.value.slice(0, text.selectionStart))?.[1] ?? null;
}
