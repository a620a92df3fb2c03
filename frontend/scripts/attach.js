// @ts-check
// Files are sent as soon as they are chosen, pasted or dropped, and those of another app once they are wanted, with their
// progress, and put in order in place. Without it they go with the form.

for (const form of document.querySelectorAll("form[data-compose]")) {
  if (form instanceof HTMLFormElement) attach(form);
}

/** @param {HTMLFormElement} form */
function attach(form) {
  const list = form.querySelector("[data-attached]");
  const uploads = form.querySelector("[data-uploads]");
  if (!(list instanceof HTMLElement) || !(uploads instanceof HTMLElement)) return;
  const most = Number(form.dataset.files) || 4;
  let underWay = 0;
  /** @type {HTMLElement | null} */
  let pressed = null;

  /** @param {Iterable<File>} files */
  const take = (files) => {
    for (const file of files) {
      if (list.children.length + underWay >= most) {
        tell(uploads, form.dataset.full ?? "", "wrong");
        return;
      }
      underWay += 1;
      send(form, file, uploads)
        .then((piece) => {
          if (!add(list, piece)) tell(uploads, form.dataset.added ?? "", "hidden-text");
        })
        .catch((why) => {
          // Nothing goes out without what was meant to stand in it.
          pressed = null;
          uploads.append(why);
        })
        .finally(() => {
          underWay -= 1;
          if (underWay === 0 && pressed) form.requestSubmit(pressed);
        });
    }
  };

  choose(form, take);
  form.addEventListener("paste", (event) => {
    const files = event.clipboardData?.files;
    if (!files?.length) return;
    event.preventDefault();
    take(files);
  });
  for (const kind of ["dragover", "dragleave", "drop"]) {
    form.addEventListener(kind, (event) => dragged(form, /** @type {DragEvent} */ (event), take));
  }
  list.addEventListener("click", (event) => order(form, list, event));
  for (const item of list.children) aim(item);
  form.addEventListener("submit", (event) => {
    if (underWay === 0) return;
    // What is still on its way would be missing from the post: it goes when that is here.
    event.preventDefault();
    pressed = event.submitter;
  });
  void offer(form, take);
}

/**
 * Offers the pictures of another app, which the worker laid aside on this device under the number in the address. A page of
 * another site can hand some over, too: they go nowhere until somebody here wants them to.
 * @param {HTMLFormElement} form
 * @param {(files: Iterable<File>) => void} take
 */
async function offer(form, take) {
  const line = form.querySelector("[data-received]");
  const said = line?.querySelector('[role="status"]');
  const button = line?.querySelector("button");
  const number = new URLSearchParams(location.search).get("partage");
  if (!(line instanceof HTMLElement) || !said || !button || !number || !("caches" in window)) return;
  const kept = await caches.open("shared");
  const place = `/partager/${encodeURIComponent(number)}`;
  const given = await (await kept.match(place))?.formData();
  const files = given?.getAll("images") ?? [];
  const pictures = files.flatMap((picture) => (picture instanceof File ? [picture] : []));
  if (pictures.length === 0) return;
  line.hidden = false;
  said.textContent = `${line.dataset.received ?? ""} ${pictures.length}`;
  button.addEventListener("click", async () => {
    // The same address opened twice gets them once.
    const isFirst = await kept.delete(place);
    line.remove();
    if (isFirst) take(pictures);
  });
  form.addEventListener("submit", (event) => {
    if (!event.defaultPrevented) void kept.delete(place);
  });
}

/**
 * One place for all files, instead of one each.
 * @param {HTMLFormElement} form
 * @param {(files: Iterable<File>) => void} take
 */
function choose(form, take) {
  const slots = form.querySelector("[data-add] .slots");
  const input = slots?.querySelector('input[type="file"]');
  if (!(slots instanceof HTMLElement) || !(input instanceof HTMLInputElement)) return;
  const field = input.closest(".field");
  if (!field) return;
  input.multiple = true;
  const label = field.querySelector("label");
  if (label && form.dataset.choose) label.textContent = form.dataset.choose;
  slots.replaceWith(field);
  form.querySelector("[data-send-files]")?.parentElement?.remove();
  input.addEventListener("change", () => {
    take([...(input.files ?? [])]);
    input.value = "";
  });
}

/**
 * @param {HTMLFormElement} form
 * @param {DragEvent} event
 * @param {(files: Iterable<File>) => void} take
 */
function dragged(form, event, take) {
  if (!event.dataTransfer?.types.includes("Files")) return;
  event.preventDefault();
  form.classList.toggle("dropping", event.type === "dragover");
  if (event.type === "drop") take(event.dataTransfer.files);
}

/**
 * Sends one file; gives its piece of the form, or fails with what to show.
 * @param {HTMLFormElement} form
 * @param {File} file
 * @param {HTMLElement} uploads
 * @returns {Promise<DocumentFragment>}
 */
function send(form, file, uploads) {
  uploads.querySelector(".wrong, .hidden-text")?.remove();
  const line = document.createElement("label");
  const bar = document.createElement("progress");
  bar.max = 100;
  line.append(`${form.dataset.sending ?? ""} ${file.name}`, bar);
  uploads.append(line);
  const body = new FormData();
  body.set("csrf", String(new FormData(form).get("csrf")));
  body.set("image-1", file);
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.open("POST", "/ecrire/fichiers");
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) bar.value = (100 * event.loaded) / event.total;
    });
    request.addEventListener("loadend", () => {
      line.remove();
      const answer = document.createElement("template");
      answer.innerHTML = request.responseText;
      const { content } = answer;
      if (request.status === 200) done(content);
      else failed(content.querySelector(".wrong") ?? said(form.dataset.failed ?? "", "wrong"));
    });
    request.send(body);
  });
}

/**
 * @param {string} words
 * @param {string} kind
 */
function said(words, kind) {
  const line = document.createElement("p");
  line.className = kind;
  line.textContent = words;
  return line;
}

/**
 * @param {HTMLElement} uploads
 * @param {string} words
 * @param {string} kind
 */
function tell(uploads, words, kind) {
  uploads.querySelector(`.${kind}`)?.remove();
  uploads.append(said(words, kind));
}

/**
 * Leads on to the description of the file, but nobody away from what they do meanwhile: gives whether it did.
 * @param {HTMLElement} list
 * @param {DocumentFragment} piece
 */
function add(list, piece) {
  const item = piece.firstElementChild;
  if (!item) return false;
  list.append(item);
  list.hidden = false;
  aim(item);
  const words = item.querySelector("textarea");
  const { activeElement, body } = document;
  const isFree = !activeElement || activeElement === body || activeElement.closest("[data-add]");
  if (!words || !isFree) return false;
  words.focus();
  return true;
}

/**
 * The buttons of a file, done in place.
 * @param {HTMLFormElement} form
 * @param {HTMLElement} list
 * @param {Event} event
 */
function order(form, list, event) {
  const button = event.target instanceof Element ? event.target.closest("button") : null;
  const item = button?.closest("[data-file]");
  if (!button || !item) return;
  const removes = button.name === "retirer";
  // A full post has no place for another file: the answer has one again.
  if (removes && !form.querySelector('input[type="file"]')) return;
  event.preventDefault();
  if (button.name === "avancer") item.previousElementSibling?.before(item);
  else if (button.name === "reculer") item.nextElementSibling?.after(item);
  else if (removes) remove(form, item);
  list.hidden = list.children.length === 0;
  if (!removes) button.focus();
}

/**
 * Takes a file out and leads on to the next one, else back to the text.
 * @param {HTMLFormElement} form
 * @param {Element} item
 */
function remove(form, item) {
  const next = item.nextElementSibling ?? item.previousElementSibling;
  item.remove();
  const place = next?.querySelector('[name="retirer"]') ?? form.querySelector('[name="text"]');
  if (place instanceof HTMLElement) place.focus();
}

/**
 * A touch on a picture says what of it must stay visible.
 * @param {Element} item
 */
function aim(item) {
  const image = item.querySelector("[data-focal]");
  const [across, down] = item.querySelectorAll(".focal input");
  if (!(image instanceof HTMLImageElement)) return;
  if (!(across instanceof HTMLInputElement) || !(down instanceof HTMLInputElement)) return;
  const place = document.createElement("div");
  place.className = "focal-place";
  const mark = document.createElement("b");
  mark.hidden = true;
  image.before(place);
  place.append(image, mark);
  const details = item.querySelector(".focal");
  const show = () => {
    const { x, y, width, height } = drawn(image);
    mark.hidden = !(details instanceof HTMLDetailsElement && details.open);
    mark.style.insetInlineStart = `${x + (width * Number(across.value)) / 100}px`;
    mark.style.insetBlockStart = `${y + (height * Number(down.value)) / 100}px`;
  };
  details?.addEventListener("toggle", show);
  across.addEventListener("input", show);
  down.addEventListener("input", show);
  image.addEventListener("click", (event) => {
    if (mark.hidden) return;
    const { x, y, width, height } = drawn(image);
    const part = (/** @type {number} */ at, /** @type {number} */ whole) =>
      String(Math.min(100, Math.max(0, Math.round((100 * at) / whole))));
    across.value = part(event.offsetX - x, width);
    down.value = part(event.offsetY - y, height);
    show();
  });
}

/**
 * Where the picture itself is drawn inside its box.
 * @param {HTMLImageElement} image
 */
function drawn(image) {
  const { clientWidth, clientHeight, naturalWidth, naturalHeight } = image;
  const scale = Math.min(clientWidth / naturalWidth, clientHeight / naturalHeight);
  const width = naturalWidth * scale;
  const height = naturalHeight * scale;
  return { x: (clientWidth - width) / 2, y: (clientHeight - height) / 2, width, height };
}
