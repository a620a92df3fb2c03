// @ts-check
// Shows what was written without a network and has not gone out yet. It lies on this device alone, where the worker put it.
// Its author alone sees it; to anybody else the page says how many wait.

const list = document.querySelector("[data-waiting]");
const none = document.querySelector("[data-none]");
const some = document.querySelector("[data-some]");

async function show() {
  if (!(list instanceof HTMLElement) || !(none instanceof HTMLElement)) return;
  const { account } = list.dataset;
  const kept = await caches.open("waiting");
  const keys = await kept.keys();
  if (some instanceof HTMLElement) {
    const count = some.querySelector("b");
    if (count) count.textContent = String(keys.length);
    some.hidden = keys.length === 0;
  }
  const items = keys.map(async (key) => {
    const answer = await kept.match(key);
    const isOwn = answer && account && answer.headers.get("x-author") === account;
    return isOwn ? [row(list, await answer.formData(), () => kept.delete(key))] : [];
  });
  const rows = (await Promise.all(items)).flat();
  list.replaceChildren(...rows);
  list.hidden = rows.length === 0;
  none.hidden = rows.length > 0 || (!account && keys.length > 0);
}

/**
 * @param {HTMLElement} list
 * @param {FormData} written
 * @param {() => Promise<boolean>} remove
 */
function row(list, written, remove) {
  const item = document.createElement("li");
  const words = document.createElement("p");
  words.textContent = String(written.get("text") ?? "").trim() || (list.dataset.noWords ?? "");
  const form = document.createElement("form");
  form.className = "actions";
  form.method = "post";
  form.action = "/ecrire";
  form.enctype = "multipart/form-data";
  form.append(...[...written].map(([name, value]) => field(name, value)));
  form.append(button("primary", list.dataset.send), button("quiet", list.dataset.drop, "button"));
  form.addEventListener("submit", async (event) => {
    // Whatever comes of it, the page that answers has the text, or the worker puts it back here.
    event.preventDefault();
    if (navigator.serviceWorker?.controller) await remove();
    form.submit();
  });
  form.querySelector('button[type="button"]')?.addEventListener("click", async () => {
    await remove();
    await show();
  });
  item.append(words, form);
  return item;
}

/**
 * @param {string} name
 * @param {FormDataEntryValue} value
 */
function field(name, value) {
  const input = document.createElement("input");
  input.name = name;
  if (typeof value === "string") {
    input.type = "hidden";
    input.value = value;
  } else {
    const files = new DataTransfer();
    files.items.add(value);
    input.type = "file";
    input.hidden = true;
    input.files = files.files;
  }
  return input;
}

/**
 * @param {string} kind
 * @param {string | undefined} words
 * @param {"submit" | "button"} type
 */
function button(kind, words, type = "submit") {
  const button = document.createElement("button");
  button.type = type;
  button.className = kind;
  button.textContent = words ?? "";
  return button;
}

await show();
navigator.serviceWorker?.addEventListener("message", show);
