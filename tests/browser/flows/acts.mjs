// What the flows share: the few moves they are made of. Knows the buttons that many pages have, no flow.

import { submit } from '../pressing.mjs';
import { words } from '../words.mjs';

export const t = words('fr');

export function button(where, key) {
  return where.getByRole('button', { name: t(key), exact: true });
}

export function link(where, key) {
  return where.getByRole('link', { name: t(key), exact: true });
}

/** The newest post of a page with these words. */
export function post(page, text) {
  return page.getByRole('article').filter({ hasText: text }).first();
}

export function writing(page) {
  return page.getByLabel(t('compose-text'), { exact: true });
}

/** Opens the menu of a post, a profile or a page, and presses what stands in it. */
export async function fromMenu(page, where, role, key) {
  await where.locator('details.menu > summary').first().click();
  await submit(page, where.getByRole(role, { name: t(key), exact: true }));
}

/** As a careful person would; without JavaScript the same page looks the same, so that it need only fit. */
export function looks(visitor, name) {
  return visitor.javaScript ? visitor.inspect(name) : visitor.fitsItsWidth();
}

/** The page says what was done. */
export function isTold(page, key) {
  return page.locator('[data-flash]').getByText(t(key)).waitFor();
}

/** Publishes without the browser; gives the words, the address of the post and its number. */
export async function says({ resident, name, mark }, words, more = {}) {
  const text = `${words} (${mark})`;
  await resident.says(text, more);
  const profile = await resident.get(`/@${name}`);
  const ids = [...profile.matchAll(new RegExp(`/@${name}/(\\d+)`, 'g'))].map(([, id]) => BigInt(id));
  const id = ids.reduce((newest, id) => (id > newest ? id : newest));
  return { text, id, path: `/@${name}/${id}` };
}

/** The number of somebody's account, as whoever looks at their page sees it. */
export async function numberOf(name, { resident }) {
  const [, id] = /\/actions\/compte\/(\d+)\//.exec(await resident.get(`/@${name}`));
  return id;
}
