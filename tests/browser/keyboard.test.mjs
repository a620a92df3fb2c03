// Without a mouse: what a resident does most is done with the keyboard alone, the focus is seen and never covered, and Tab goes
// from top to bottom without leaving anything out. Also at 400 %.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { DESK, launch, PHONE, visit } from './browser.mjs';
import { submit } from './pressing.mjs';
import { PASSWORD, Resident, settle } from './resident.mjs';
import { startTown } from './town.mjs';
import { words } from './words.mjs';

const t = words('fr');
/** A window of 1280 by 1024 at 400 % (WCAG 1.4.10). */
const ZOOMED = { name: 'zoomed', viewport: { width: 320, height: 256 } };
const HOWS = [{ javaScript: false, size: PHONE }, { javaScript: true, size: DESK }];
const MAIN_PAGES = [
  '/', '/ville', '/ecrire', '/@jean', '/@marie', '/avis', '/messages/nouveau', '/recherche?q=jean', '/reglages/profil',
  '/reglages/compte', '/reglages/personnes', '/@jean/signaler', '/@jean/masquer', '/listes', '/brouillons',
];
/** So many presses of Tab are enough for anything: further away it is not within reach. */
const PATIENCE = 120;

let town;
let browser;
let jean;
let marie;
/** A post of his, as it stands on his page. */
let news;

before(async () => {
  town = await startTown();
  await settle(town, ['jean', 'marie', ...HOWS.map(named)]);
  [jean, marie] = await Promise.all(['jean', 'marie'].map((name) => Resident.of(town.origin, name)));
  await jean.says('Le four rallume samedi.', { 'reponse-1': 'Oui', 'reponse-2': 'Non', duree: '1j' });
  await marie.says('@jean Merci !');
  [news] = /\/@jean\/\d+/.exec(await jean.get('/@jean'));
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await town?.stop();
});

function named({ javaScript, size }) {
  return `lise_${size.name}${javaScript ? 'js' : 'nojs'}`;
}

for (const how of HOWS) {
  const label = `on a ${how.size.name} ${how.javaScript ? 'with' : 'without'} JavaScript`;

  test(`the keyboard alone is enough, ${label}`, async (day) => {
    const visitor = await visit(browser, town, how);
    const { page } = visitor;
    const flow = (what, doing) => day.test(what, () => doing(page, named(how), how.javaScript));
    try {
      await flow('to log in', logsIn);
      await flow('to get past the ways', skips);
      await flow('to write', writes);
      await flow('to like, vote and answer', reacts);
      await flow('to open a menu, leave it and report somebody', reports);
      await flow('to follow', follows);
      await flow('to change the settings', settles);
      await flow('to think twice about deleting', deletes);
      if (how.javaScript) await flow('to complete names', completes);
      if (how.size === PHONE) await flow('to find what a phone has no room for', opensTheMenu);
      await day.test('and nothing is complained of', () => visitor.checkManners());
    } finally {
      await visitor.leave();
    }
  });
}

for (const size of [ZOOMED, DESK]) {
  test(`Tab meets everything in its order, seen and uncovered, ${size.name}`, async () => {
    const visitor = await visit(browser, town, { javaScript: true, size });
    const { page } = visitor;
    try {
      await page.context().addCookies(marie.cookies());
      const faults = [];
      for (const address of [...MAIN_PAGES, news]) {
        await page.goto(address);
        faults.push(...(await orderOf(page)).map((fault) => `${address}: ${fault}`));
      }
      assert.deepEqual(faults, []);
      visitor.checkManners();
    } finally {
      await visitor.leave();
    }
  });
}

test('at 400 %, and with letters twice as large, nothing has to be pushed sideways, by day and by night', async () => {
  const visitor = await visit(browser, town, { javaScript: true, size: ZOOMED });
  const { page } = visitor;
  try {
    await page.context().addCookies(marie.cookies());
    const faults = [];
    for (const address of [...MAIN_PAGES, news]) {
      await page.setViewportSize(ZOOMED.viewport);
      await page.goto(address);
      for (const colorScheme of ['light', 'dark']) {
        await page.emulateMedia({ colorScheme });
        faults.push(...(await pushedOut(page, `${address} ${colorScheme}`)));
      }
      await page.setViewportSize({ width: 640, height: 512 });
      await page.evaluate(() => document.documentElement.style.setProperty('font-size', '200%'));
      faults.push(...(await pushedOut(page, `${address}, larger letters`)));
    }
    assert.deepEqual(faults, []);
    visitor.checkManners();
  } finally {
    await visitor.leave();
  }
});

async function logsIn(page, name) {
  await page.goto('/connexion');
  await reach(page, page.getByLabel(t('name-or-email')));
  await page.keyboard.type(name);
  await reach(page, page.getByLabel(t('password'), { exact: true }));
  await page.keyboard.type(PASSWORD);
  await submit(page, key(page, 'Enter'));
  assert.equal(new URL(page.url()).pathname, '/');
}

async function skips(page) {
  await page.goto('/');
  await page.keyboard.press('Tab');
  assert.ok(await isFocused(page.locator('a.skip')), 'the way to the contents comes first');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  assert.ok(await page.evaluate(() => document.activeElement.closest('main') !== null), 'one is in the contents');
}

async function writes(page, name) {
  await page.goto('/');
  await skip(page);
  await reach(page, writing(page));
  await page.keyboard.type(`Bonjour de ${name}`);
  await reach(page, page.getByRole('button', { name: t('publish'), exact: true }));
  await submit(page, key(page, 'Enter'));
  await page.goto(`/@${name}`);
  await page.getByRole('article').filter({ hasText: `Bonjour de ${name}` }).waitFor();
  await page.goto('/ecrire');
  await skip(page);
  const poll = page.locator('summary').filter({ hasText: t('poll') }).first();
  await reach(page, poll);
  await page.keyboard.press('Space');
  await page.keyboard.press('Tab');
  assert.ok(await isFocused(page.locator('[name="reponse-1"]')), 'the first answer follows');
}

async function reacts(page, name) {
  await page.goto('/@jean');
  await skip(page);
  await reach(page, page.getByRole('article').first().locator('a.when'));
  await Promise.all([page.waitForURL(`**${news}`), page.keyboard.press('Enter')]);
  await skip(page);
  const chosen = page.locator('article.chosen');
  await reach(page, chosen.getByRole('radio').first());
  await page.keyboard.press('ArrowDown');
  assert.ok(await chosen.getByRole('radio').last().isChecked(), 'arrows lead from answer to answer');
  await reach(page, chosen.getByRole('button', { name: t('poll-vote') }));
  await submit(page, key(page, 'Space'));
  const like = chosen.getByRole('button', { name: t('favourite') });
  await reach(page, like);
  await submit(page, key(page, 'Space'));
  assert.equal(await like.getAttribute('aria-pressed'), 'true');
  await reach(page, writing(page));
  await page.keyboard.type(`J’y serai, dit ${name}.`);
  await reach(page, page.getByRole('button', { name: t('reply'), exact: true }));
  await submit(page, key(page, 'Enter'));
  await page.goto(news);
  await page.getByRole('article').filter({ hasText: `J’y serai, dit ${name}.` }).waitFor();
}

async function reports(page, name, javaScript) {
  await page.goto(news);
  await skip(page);
  const menu = page.locator('article.chosen details.menu');
  const summary = menu.locator('> summary');
  await reach(page, summary);
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  assert.ok(await isFocused(menu.locator('> ul :is(a, button)').first()), 'what stands in the menu follows');
  if (javaScript) {
    await page.keyboard.press('Escape');
    assert.ok(await isFocused(summary), 'one is back where one was');
    assert.equal(await menu.getAttribute('open'), null, 'the menu is closed');
    await page.keyboard.press('Space');
  }
  await reach(page, menu.getByRole('link', { name: t('report') }));
  await submit(page, key(page, 'Enter'));
  await skip(page);
  await reach(page, page.getByRole('radio', { name: t('report-other') }));
  await page.keyboard.press('ArrowUp');
  await reach(page, page.getByLabel(t('report-words'), { exact: true }));
  await page.keyboard.type(`Pour voir, dit ${name}.`);
  await reach(page, page.getByRole('button', { name: t('report-send'), exact: true }));
  await submit(page, key(page, 'Enter'));
  await page.getByText(t('done-reported')).waitFor();
}

async function follows(page) {
  await page.goto('/@jean');
  await skip(page);
  await reach(page, page.getByRole('button', { name: t('follow'), exact: true }));
  await submit(page, key(page, 'Enter'));
  await page.getByText(t('done-followed')).waitFor();
  await skip(page);
  await reach(page, page.locator('.tune > summary').first());
  await page.keyboard.press('Space');
  await reach(page, page.getByLabel(t('follow-told')));
  await page.keyboard.press('Space');
  assert.ok(await page.getByLabel(t('follow-told')).isChecked());
}

async function settles(page, name) {
  await page.goto('/reglages/profil');
  await skip(page);
  await reach(page, page.getByLabel(t('display-name'), { exact: true }));
  await page.keyboard.type(`Lise de ${name}`);
  await reach(page, page.getByLabel(t('discoverable')));
  await page.keyboard.press('Space');
  await reach(page, page.getByRole('button', { name: t('save'), exact: true }));
  await submit(page, key(page, 'Enter'));
  await page.getByText(t('done-saved')).waitFor();
  assert.ok(await page.getByLabel(t('discoverable')).isChecked());
}

async function deletes(page, name) {
  const mine = page.getByRole('article').filter({ hasText: `Bonjour de ${name}` });
  for (const [answer, isThere] of [['cancel', 1], ['delete-yes', 0]]) {
    await page.goto(`/@${name}`);
    await skip(page);
    await reach(page, mine.locator('details.menu > summary'));
    await page.keyboard.press('Enter');
    await reach(page, mine.getByRole('link', { name: t('delete'), exact: true }));
    await submit(page, key(page, 'Enter'));
    await skip(page);
    await reach(page, page.locator('form[action$="/supprimer"] > :is(a, button)').filter({ hasText: new RegExp(`^${t(answer)}$`) }));
    await submit(page, key(page, 'Enter'));
    await page.goto(`/@${name}`);
    assert.equal(await mine.count(), isThere, answer);
  }
}

async function completes(page) {
  await page.goto('/ecrire');
  await skip(page);
  await reach(page, writing(page));
  await page.keyboard.type('Merci @jea');
  const option = page.getByRole('option', { name: /@jean/ });
  await option.waitFor();
  await page.keyboard.press('Escape');
  await option.waitFor({ state: 'hidden' });
  assert.equal(await writing(page).inputValue(), 'Merci @jea', 'Escape takes nothing');
  await page.keyboard.type('n');
  await option.waitFor();
  await page.keyboard.press('Enter');
  assert.equal(await writing(page).inputValue(), 'Merci @jean ');
  assert.ok(await isFocused(writing(page)));
}

async function opensTheMenu(page) {
  await page.goto('/');
  const menu = page.locator('.brand-menu');
  await reach(page, menu.locator('> summary'));
  await page.keyboard.press('Enter');
  await reach(page, menu.locator('a[href="/reglages/profil"]'));
  await submit(page, key(page, 'Enter'));
  assert.equal(new URL(page.url()).pathname, '/reglages/profil');
}

/** What `submit` presses. */
function key(page, name) {
  return { click: () => page.keyboard.press(name) };
}

function writing(page) {
  return page.getByLabel(t('compose-text'), { exact: true });
}

function isFocused(target) {
  return target.evaluate((it) => it === document.activeElement);
}

/** Past the ways, into the contents. */
async function skip(page) {
  await reach(page, page.locator('a.skip'));
  await page.keyboard.press('Enter');
}

/** Presses Tab until something has the focus. */
async function reach(page, target) {
  const wanted = await target.elementHandle();
  for (let n = 0; n < PATIENCE; n += 1) {
    await page.keyboard.press('Tab');
    if (await page.evaluate((it) => it === document.activeElement, wanted)) return;
  }
  assert.fail(`Tab does not lead to ${target} on ${page.url()}`);
}

/** What is wrong with the way that Tab takes through a page. */
async function orderOf(page) {
  const names = await page.evaluate(markStops);
  const faults = [];
  for (const [n, name] of names.entries()) {
    await page.keyboard.press('Tab');
    const { place, isMarked, isOnTop } = await lookedAt(page);
    if (place !== n) return [...faults, `Tab goes to ${names[place] ?? 'nothing'} instead of ${name}`];
    if (!isMarked) faults.push(`the focus on ${name} does not show`);
    if (!isOnTop) faults.push(`${name} has the focus and is covered`);
  }
  return faults;
}

/** Remembers where Tab has to stop, from the first to the last; of radio buttons one for all. */
function markStops() {
  const kinds = 'a[href], button, input:not([type="hidden"]), select, textarea, summary, iframe, [tabindex="0"]';
  const heads = new Map();
  const isHead = (it) => {
    if (it.type !== 'radio') return true;
    const name = `${it.name} ${it.form?.action}`;
    if (!heads.has(name)) heads.set(name, it.form.querySelector(`[name="${it.name}"]:checked`) ?? it);
    return heads.get(name) === it;
  };
  globalThis.stops = [...document.querySelectorAll(kinds)].filter((it) => it.checkVisibility() && !it.disabled && isHead(it));
  return globalThis.stops.map((it) => it.outerHTML.replace(/\s+/g, ' ').slice(0, 90));
}

/** The browser may still be on its way to what has the focus. */
async function lookedAt(page) {
  for (let n = 0; ; n += 1) {
    const focus = await page.evaluate(lookAtFocus);
    if (focus.isOnTop || n === 10) return focus;
    await sleep(20);
  }
}

/** Where the focus is, whether it shows, and whether something of it can be seen where it stands. */
function lookAtFocus() {
  const at = document.activeElement;
  const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(at);
  const isMarked = (outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2) || boxShadow !== 'none' || at.matches('iframe');
  const isOnTop = [...at.getClientRects()].some(({ left, right, top, bottom }) =>
    [0.1, 0.5, 0.9].some((share) => {
      const hit = document.elementFromPoint(left + (right - left) * share, top + (bottom - top) * share);
      return hit !== null && (at.contains(hit) || hit.contains(at));
    }),
  );
  return { place: globalThis.stops.indexOf(at), isMarked, isOnTop };
}

/** What reaches beyond the right edge, so that one has to push the page. */
async function pushedOut(page, where) {
  const wide = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return scrollWidth - clientWidth;
  });
  return wide > 0 ? [`${where}: ${wide} px too wide`] : [];
}
