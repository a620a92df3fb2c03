// Every page that somebody with an account can open, as a careful person would look at it: small and large, light and dark.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { DESK, launch, PHONE, visit } from './browser.mjs';
import { Resident, settle } from './resident.mjs';
import { startTown } from './town.mjs';

/** 320 px is a page at 400 % on a screen of 1280 px (WCAG 1.4.10). */
const NARROW = { ...PHONE, name: 'narrow', viewport: { width: 320, height: 700 } };
const LONG = 'Donaudampfschifffahrtsgesellschaftskapitänswitwenrentenauszahlungsstelle';

/** Where nobody is logged in. */
const OUTSIDE = [
  '/', '/ville', '/a-propos', '/confidentialite', '/connexion', '/inscription', '/mot-de-passe-oublie', '/recherche?q=four',
  '/@marie', '/@jean/suivre', '/integrer', '/integrer/ville', '/integrer/@marie', '/hors-ligne', '/en-attente',
  '/connexion/code',
];
const INSIDE = [
  '/', '/ville', '/ailleurs', '/voisins', '/groupes', '/tags', '/tags/four', '/listes', '/favoris', '/signets', '/recherche?q=four',
  '/recherche', '/avis', '/avis?voir=mentions', '/avis/effacer', '/avis/demandes', '/avis/a-voir', '/messages', '/messages/nouveau',
  '/demandes', '/brouillons', '/ecrire', '/ecrire?texte=Bonjour', '/a-propos', '/confidentialite', '/partager?texte=Bonjour',
  '/@marie', '/@jean', '/@jean/abonnes', '/@jean/abonnements', '/@jean/bloquer', '/@jean/masquer', '/@jean/listes',
  '/@jean/signaler', '/premiers-pas/1', '/premiers-pas/2', '/premiers-pas/3',
  '/reglages/profil', '/reglages/compte', '/reglages/codes', '/reglages/sessions', '/reglages/avis', '/reglages/filtres',
  '/reglages/filtres/nouveau', '/reglages/personnes', '/reglages/affichage', '/reglages/deux-etapes',
  '/reglages/exporter', '/reglages/importer', '/reglages/adresse', '/reglages/demenager', '/reglages/supprimer',
  '/reglages/copies', '/reglages/applications', '/reglages/cles',
];
/** Where whoever has no good link is told so. */
const SAY_NO = new Map([
  ['/mot-de-passe-oublie/nouveau', 403], ['/adresse/confirmer', 403], ['/avis/lettres/arreter', 403],
  ['/invitation/perdue', 410], ['/nulle-part', 404],
]);
const TOWN_HALL = ['/mairie/inscriptions', '/mairie/signalements', '/mairie/reglages', '/mairie/apparence', '/mairie/voisins', '/reglages/invitations'];

let town;
let browser;
/** Addresses that are known only when the town has something to show. */
const found = [];

before(async () => {
  town = await startTown();
  await settle(town, ['mairie'], '--role', 'admin');
  await settle(town, ['marie', 'jean', 'hortense_de_la_grande_maison']);
  await fill();
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await town?.stop();
});

/** Something of everything, with words that are longer than a small screen is wide. */
async function fill() {
  const people = {};
  for (const name of ['marie', 'jean', 'hortense_de_la_grande_maison']) {
    people[name] = await Resident.of(town.origin, name);
  }
  const { marie, jean, hortense_de_la_grande_maison: hortense } = people;
  const first = await address(jean, 'Le four rallume #four', 'jean');
  await address(marie, `${LONG} https://exemple.example/${LONG.repeat(2)} #${LONG}`, 'marie');
  await hortense.says(`@marie ${LONG} ?`);
  await hortense.says('@marie Entre nous.', { audience: 'direct' });
  await hortense.says('Quel jour ?', { 'reponse-1': 'Samedi', 'reponse-2': LONG.slice(0, 50), duree: '1j' });
  await jean.says('Sous le pli.', { summary: LONG });
  const mine = await address(marie, 'Un message à moi.', 'marie');
  await marie.post('/ecrire', { text: LONG, garder: '1', audience: 'public' });
  await marie.post('/listes', { title: LONG.slice(0, 60) });
  found.push(first, mine, `${mine}/modifier`, `${mine}/supprimer`, `${mine}/copies`, `${mine}/historique`);
  const [, list] = /href="\/listes\/(\d+)"/.exec(await marie.get('/listes')) ?? [];
  assert.ok(list, 'the list has no page');
  found.push(`/listes/${list}`, `/listes/${list}/modifier`, `/listes/${list}/supprimer`);
  const [, chat] = /href="\/messages\/(\d+)/.exec(await marie.get('/messages')) ?? [];
  assert.ok(chat, 'the conversation has no page');
  found.push(`/messages/${chat}`, `/messages/${chat}/supprimer`);
}

/** Publishes, and gives the address. */
async function address(who, text, name) {
  await who.says(text);
  const [path] = new RegExp(`/@${name}/\\d+`).exec(await who.get(`/@${name}`));
  return path;
}

/** What is wrong with a page, on a small screen and a large one, in both colours. */
async function faultsOf(visitor, address) {
  const { page } = visitor;
  const faults = [];
  await page.setViewportSize(NARROW.viewport);
  const status = (await page.goto(address)).status();
  const expected = SAY_NO.get(address) ?? 200;
  if (status !== expected) faults.push(`${address}: ${status}, not ${expected}`);
  for (const size of [NARROW, DESK]) {
    await page.setViewportSize(size.viewport);
    const wide = await page.evaluate(() => {
      const { scrollWidth, clientWidth } = document.documentElement;
      return scrollWidth - clientWidth;
    });
    if (wide > 0) faults.push(`${address}: ${wide} px too wide (${size.name})`);
    for (const fault of await visitor.faults()) faults.push(`${address} (${size.name}) ${fault}`);
  }
  faults.push(...(await orderOf(page)).map((fault) => `${address}: ${fault}`));
  return faults;
}

/** The first thing the keyboard meets leads past the ways, and whatever has the focus shows it. */
async function orderOf(page) {
  const faults = [];
  await page.evaluate(() => {
    getSelection()?.removeAllRanges();
    document.activeElement?.blur();
    scrollTo(0, 0);
  });
  const hasSkip = (await page.locator('a.skip').count()) > 0;
  for (let n = 0; n < 4; n += 1) {
    await page.keyboard.press('Tab');
    const focus = await page.evaluate(() => {
      const at = document.activeElement;
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(at);
      return {
        what: at.outerHTML.slice(0, 80),
        isSkip: at.matches('.skip'),
        isSeen: at.matches('body, iframe') || outlineStyle !== 'none' && outlineWidth !== '0px' || boxShadow !== 'none',
      };
    });
    if (n === 0 && hasSkip && !focus.isSkip) faults.push(`the way to the contents does not come first: ${focus.what}`);
    if (!focus.isSeen) faults.push(`the focus does not show: ${focus.what}`);
  }
  return faults;
}

async function walk(name, addresses) {
  const visitor = await visit(browser, town, { javaScript: true, size: DESK });
  try {
    if (name) {
      const resident = await Resident.of(town.origin, name);
      await visitor.page.context().addCookies(resident.cookies());
    }
    const faults = [];
    for (const address of addresses) faults.push(...(await faultsOf(visitor, address)));
    assert.deepEqual(faults, []);
    for (const address of addresses) if (SAY_NO.has(address)) visitor.forgive(SAY_NO.get(address));
    visitor.checkManners();
  } finally {
    await visitor.leave();
  }
}

test('every page for whoever comes by is in order', () => walk('', [...OUTSIDE, ...SAY_NO.keys()]));

test('every page of a resident is in order', () => {
  const pages = [...INSIDE, ...found];
  const middle = pages.length / 2;
  return Promise.all([walk('marie', pages.slice(0, middle)), walk('marie', pages.slice(middle))]);
});

test('every page of the town hall is in order', () => walk('mairie', TOWN_HALL));
