// @ts-check
// For who loads no pictures unasked: those of one post come in their place. Without this the link opens the page with them.

document.addEventListener("click", (event) => {
  if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const link = event.target instanceof Element ? event.target.closest("a[data-shows]") : null;
  const place = link?.closest(".held");
  const kept = place?.querySelector("template");
  if (!place || !kept) return;
  event.preventDefault();
  const shown = document.importNode(kept.content, true);
  const first = shown.querySelector("a");
  place.replaceWith(shown);
  first?.focus();
});
