// What the pages cost: bytes over the wire before any picture, requests, jumps of the page. Printed, and held to their limits.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { deflateSync } from 'node:zlib';

import { DESK, launch, PHONE, visit } from './browser.mjs';
import { startMeter } from './meter.mjs';
import { Resident, settle } from './resident.mjs';
import { startTown } from './town.mjs';

/** Bytes, with what scripts fetch afterwards. */
const FIRST_VISIT = 60_000;
const SECOND_VISIT = 15_000;
const REQUESTS = 10;
const POSTS = 20;
const AUTHORS = ['bruno', 'lucie', 'henri', 'nadia', 'odile', 'samir', 'yves', 'zoe'];
const PAGES = [
  '/', '/ville', '/ailleurs', '/groupes', '/tags', '/listes', '/favoris', '/signets', '/avis', '/messages',
  '/brouillons', '/demandes', '/recherche?q=marché', '/@bruno', '/ecrire', '/reglages/profil',
  '/reglages/affichage', '/reglages/avis', '/reglages/filtres', '/reglages/personnes', '/a-propos',
];

let town;
let meter;
let browser;
/** Who reads. */
let marie;

before(async () => {
  meter = await startMeter(() => town.origin);
  town = await startTown({ PARVIS_PUBLIC_URL: meter.origin });
  await settle(town, ['mairie'], '--role', 'admin');
  await settle(town, ['marie', ...AUTHORS]);
  await fill();
  browser = await launch();
});

after(async () => {
  await browser?.close();
  meter?.stop();
  await town?.stop();
});

/** Posts as long and as different from each other as people write them, or compression would flatter us. */
async function fill() {
  const pick = chance(20_261_122);
  marie = await Resident.of(meter.origin, 'marie');
  const people = [];
  for (const name of AUTHORS) {
    people.push(await Resident.of(meter.origin, name));
    const [, account] = /actions\/compte\/(\d+)\/suivre/.exec(await marie.get(`/@${name}`));
    await marie.post(`/actions/compte/${account}/suivre`, { retour: '/' });
  }
  for (let n = 0; n < POSTS; n += 1) {
    const picture = new File([png(240, 160, pick)], `${n}.png`, { type: 'image/png' });
    const more = { 'image-1': picture, 'description-image-1': `${sentence(pick, 9)} ${n}.` };
    const post = `${sentence(pick, 14)} ${sentence(pick, 18)} #${word(pick)}${n}`;
    await people[n % people.length].says(post, more);
  }
}

test('a home page with twenty pictures is light, asks nobody else and does not jump', async () => {
  for (const size of [PHONE, DESK]) {
    const visitor = await visit(browser, { origin: meter.origin }, { javaScript: true, size });
    try {
      const { page } = visitor;
      await page.context().addCookies(marie.cookies());
      meter.read();
      await page.goto('/', { waitUntil: 'networkidle' });
      assert.equal(await page.getByRole('article').count(), POSTS);
      await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
      await seeAll(page);
      const first = report(`${size.name}, first visit`, meter.read(), true);
      assert.equal(await jumps(page), 0, 'the page jumps while it loads');

      await page.goto('about:blank');
      await page.goto('/', { waitUntil: 'networkidle' });
      const second = report(`${size.name}, second visit`, meter.read(), false);
      assert.equal(await jumps(page), 0, 'the page jumps while it loads');
      visitor.checkManners();

      assert.ok(first.pictures >= POSTS, 'the pictures were seen');
      assert.ok(first.bytes <= FIRST_VISIT, `${first.bytes} bytes at the first visit`);
      assert.ok(first.requests <= REQUESTS, `${first.requests} requests at the first visit`);
      assert.ok(second.bytes <= SECOND_VISIT, `${second.bytes} bytes at the second visit`);
      assert.ok(second.requests >= 1 && second.requests <= REQUESTS);
    } finally {
      await visitor.leave();
    }
  }
});

test('what each page costs a resident is printed, and none is as heavy as a first visit may be', async () => {
  for (const address of PAGES) {
    const times = [];
    for (let n = 0; n < 3; n += 1) {
      const begun = performance.now();
      await marie.get(address);
      times.push(performance.now() - begun);
    }
    // A page that was left may still close what it listened to.
    const [line] = meter.read().filter(({ path }) => path !== '/nouveautes/flux');
    const time = times.toSorted((a, b) => a - b)[1];
    console.log(`${address.padEnd(24)} ${kB(line.bytes)} ${time.toFixed(1).padStart(7)} ms`);
    assert.equal(line.status, 200, address);
    assert.ok(line.bytes < FIRST_VISIT / 2, `${address}: ${line.bytes} bytes`);
  }
});

test('a page that is the same for everybody is not sent twice', async () => {
  for (const address of ['/ville', '/@bruno', '/a-propos', '/']) {
    const headers = { 'accept-language': 'fr', accept: 'text/html' };
    const first = await fetch(meter.origin + address, { headers });
    const tag = first.headers.get('etag');
    assert.ok(tag, `${address} has no tag`);
    const again = await fetch(meter.origin + address, { headers: { ...headers, 'if-none-match': tag } });
    assert.equal(again.status, 304, address);
    assert.equal((await again.arrayBuffer()).byteLength, 0);
  }
});

/**
 * Without the pictures; apart, what scripts fetch afterwards at the first visit: for when the network is away, or further
 * posts. At the next ones the worker fetches the page itself.
 */
function report(name, lines, isFirst) {
  const pictures = lines.filter(({ type }) => type.startsWith('image/') && !type.includes('svg'));
  const later = lines.filter((line) => isFirst && line.byScript && !pictures.includes(line));
  const counted = lines.filter((line) => !pictures.includes(line) && !later.includes(line));
  const bytes = sum(counted);
  console.log(`${name}: ${counted.length} requests, ${kB(bytes)} before pictures; ${kB(sum(pictures))} in`);
  console.log(`  ${pictures.length} pictures; ${kB(sum(later))} fetched by scripts afterwards`);
  for (const { path, bytes, encoding } of counted) console.log(`  ${kB(bytes)} ${encoding.padEnd(4)} ${path}`);
  return { requests: counted.length, bytes: bytes + sum(later), pictures: pictures.length };
}

function sum(lines) {
  return lines.reduce((bytes, line) => bytes + line.bytes, 0);
}

function kB(bytes) {
  return `${(bytes / 1000).toFixed(1)} kB`.padStart(9);
}

/** Goes down the page as somebody who reads, so that every picture is loaded. */
async function seeAll(page) {
  for (const post of await page.getByRole('article').all()) {
    await post.scrollIntoViewIfNeeded();
    await post.locator('.pictures img').first().evaluate((image) => image.decode());
  }
  await sleep(100);
}

/** How far what one reads moved by itself since the page was opened; its foot may, when a list ends. */
function jumps(page) {
  return page.evaluate(
    () =>
      new Promise((done) => {
        const moves = [];
        const watch = new PerformanceObserver((list) => moves.push(...list.getEntries()));
        watch.observe({ type: 'layout-shift', buffered: true });
        const element = ({ node }) => (node instanceof Element ? node : node?.parentElement);
        // What the next posts of the list push below the edge of the screen has not jumped.
        const isSeen = ({ currentRect }) => currentRect.width > 0;
        const isRead = (source) => isSeen(source) && element(source)?.closest('header, article, form, aside');
        const sum = () => moves.filter(({ sources }) => sources.some(isRead)).reduce((far, { value }) => far + value, 0);
        setTimeout(() => done(sum()), 200);
      }),
  );
}

/** The same numbers each time (mulberry32). */
function chance(seed) {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const BEGINNINGS = 'ba bri cha cou dé fou gra jar lan li mar mou na or pi pla rou sou ta tri val ver vi';
const ENDINGS = 'bre ché din ge lier lon mier nade net noir peau que rie sée son teau tin tre vage';

function word(pick) {
  const of = (parts) => parts[pick(parts.length)];
  const middle = pick(2) ? of(BEGINNINGS.split(' ')) : '';
  return of(BEGINNINGS.split(' ')) + middle + of(ENDINGS.split(' '));
}

function sentence(pick, words) {
  const text = Array.from({ length: words }, () => word(pick)).join(' ');
  return `${text[0].toUpperCase()}${text.slice(1)}.`;
}

/** A picture that is no other's: noise in one colour. */
function png(width, height, pick) {
  const [red, green, blue] = [pick(200), pick(200), pick(200)];
  const rows = Array.from({ length: height }, () => {
    const row = Buffer.alloc(1 + 3 * width);
    for (let x = 0; x < width; x += 1) row.set([red + pick(55), green, blue + pick(55)], 1 + 3 * x);
    return row;
  });
  const size = Buffer.alloc(13);
  size.writeUInt32BE(width, 0);
  size.writeUInt32BE(height, 4);
  size.set([8, 2, 0, 0, 0], 8);
  const data = deflateSync(Buffer.concat(rows));
  const parts = [chunk('IHDR', size), chunk('IDAT', data), chunk('IEND', Buffer.alloc(0))];
  return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), ...parts]);
}

function chunk(name, data) {
  const body = Buffer.concat([Buffer.from(name), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  framed.set(body, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}

function crc32(bytes) {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let n = 0; n < 8; n += 1) crc = (crc >>> 1) ^ (0xedb88320 & -(crc & 1));
  }
  return ~crc >>> 0;
}
