// @ts-check
// The next posts come below the last: twice by themselves, then when asked for, so that the foot of the page stays within
// reach. Who comes back to the page finds the place again. Without it a link leads to the next page.

const BY_ITSELF = 2;
const POSTS = ":scope > .post, :scope > .filtered, :scope > .seen";
const pager = document.querySelector("[data-more]");
const link = pager?.querySelector('a[rel="next"]');
const said = pager?.querySelector('[role="status"]');
let loaded = 0;
let isLoading = false;

if (pager instanceof HTMLElement && link instanceof HTMLAnchorElement) {
  const watch = new IntersectionObserver(
    (seen) => {
      if (loaded >= BY_ITSELF) watch.disconnect();
      else if (seen.some((one) => one.isIntersecting)) load(pager, link).catch(() => watch.disconnect());
    },
    { rootMargin: "0px 0px 800px" },
  );
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    load(pager, link).then(
      (first) => first?.focus(),
      // The page itself says what is wrong.
      () => location.assign(link.href),
    );
  });
  await comeBack(pager, link).catch(() => undefined);
  if (pager.dataset.more !== "asked") watch.observe(pager);
  let wait = 0;
  addEventListener("scroll", () => {
    clearTimeout(wait);
    wait = setTimeout(remember, 150);
  });
}

/**
 * Puts the next page's posts below the last one; gives the first of them, ready to be focused.
 * @param {HTMLElement} pager
 * @param {HTMLAnchorElement} link
 */
async function load(pager, link) {
  if (isLoading || !link.isConnected) return undefined;
  isLoading = true;
  const next = await page(link.href).finally(() => (isLoading = false));
  const here = listOf(document);
  const added = [...(listOf(next)?.querySelectorAll(POSTS) ?? [])].filter((post) => !isHere(post));
  const last = [...(here?.querySelectorAll(POSTS) ?? [])].at(-1);
  last?.after(...added.map((post) => document.adoptNode(post)));
  const further = next.querySelector('[data-more] a[rel="next"]')?.getAttribute("href");
  if (further) link.href = further;
  else link.remove();
  const end = next.querySelector("main > .end");
  if (!further && end) pager.after(document.adoptNode(end));
  loaded += 1;
  const posts = added.filter((post) => !post.matches(".seen"));
  if (said) said.textContent = `${pager.dataset.came ?? ""} ${posts.length}`;
  const [first] = posts;
  if (!(first instanceof HTMLElement)) return undefined;
  first.tabIndex = -1;
  return first;
}

/** @param {string} address */
async function page(address) {
  const answer = await fetch(address);
  if (!answer.ok || answer.redirected) throw new Error(`${address}: ${answer.status}`);
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

/** @param {Document} page */
function listOf(page) {
  const post = [...page.querySelectorAll("main .post")].at(-1);
  return (post?.closest(".filtered") ?? post)?.parentElement;
}

/**
 * What came in between moves posts on to the next page.
 * @param {Element} post */
function isHere(post) {
  const { id } = post.matches(".post") ? post : (post.querySelector(".post") ?? post);
  return id !== "" && document.getElementById(id) !== null;
}

/** Where one is, for when one comes back. */
function remember() {
  const top = [...document.querySelectorAll("main .post")].find((post) => post.getBoundingClientRect().bottom > 0);
  const place = top && { loaded, id: top.id, y: top.getBoundingClientRect().top };
  history.scrollRestoration = loaded > 0 ? "manual" : "auto";
  history.replaceState(loaded > 0 ? place : null, "");
}

/**
 * @param {HTMLElement} pager
 * @param {HTMLAnchorElement} link
 */
async function comeBack(pager, link) {
  const place = history.state;
  if (!place?.loaded) return;
  while (loaded < place.loaded && link.isConnected) await load(pager, link);
  const post = document.getElementById(place.id);
  if (post) scrollBy({ top: post.getBoundingClientRect().top - place.y, behavior: "instant" });
}
