// Phanpy in Chromium: log in, read, post with a picture, answer, and see a notification arrive live.
// The town stands behind https, without which Phanpy speaks to nobody.

import assert from 'node:assert/strict';
import { createReadStream, readFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import tls from 'node:tls';

import { chromium } from 'playwright-core';

import { asked, eventually, jean, play } from './steps.mjs';

const KINDS = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.json': 'application/json', '.svg': 'image/svg+xml', '.png': 'image/png' };
const ALT = 'a wooden bridge over a river';
const { host } = new URL(asked.public);

/** The built app, as any web server gives it. */
async function serve(folder) {
  const server = http.createServer(async (request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    const file = path.join(folder, path.normalize(pathname === '/' ? '/index.html' : pathname));
    const found = await stat(file).catch(() => null);
    if (!found?.isFile()) return response.writeHead(404).end();
    response.writeHead(200, { 'content-type': KINDS[path.extname(file)] ?? 'application/octet-stream' });
    createReadStream(file).pipe(response);
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  return `http://localhost:${server.address().port}`;
}

/** What a proxy does before a town: https outside, http inside. */
async function stand() {
  const inner = new URL(asked.origin).port;
  const keys = { key: readFileSync(asked.key), cert: readFileSync(asked.certificate) };
  const server = tls.createServer(keys, (outside) => {
    const inside = net.connect(Number(inner), '127.0.0.1');
    outside.pipe(inside).pipe(outside);
    outside.on('error', () => inside.destroy());
    inside.on('error', () => outside.destroy());
  });
  await new Promise((ready) => server.listen(Number(new URL(asked.public).port), '127.0.0.1', ready));
}

const app = await serve(asked.folder);
await stand();
const browser = await chromium.launch({
  executablePath: asked.chromium,
  args: ['--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE *.localhost, EXCLUDE 127.0.0.1'],
});
const context = await browser.newContext({
  ignoreHTTPSErrors: true,
  serviceWorkers: 'block',
  locale: 'en-GB',
  viewport: { width: 1100, height: 900 },
});
context.setDefaultTimeout(15_000);
const page = await context.newPage();
const frames = [];
const sent = [];
const complaints = [];
page.on('websocket', (socket) => {
  socket.on('framereceived', ({ payload }) => frames.push(String(payload)));
  socket.on('framesent', ({ payload }) => sent.push(String(payload)));
});
// It asks whether a post is really in English.
page.on('dialog', (dialog) => {
  console.error(`${dialog.type()}: ${dialog.message()}`);
  return dialog.accept();
});
page.on('pageerror', (error) => complaints.push(String(error)));
page.on('response', (answer) => answer.status() >= 400 && answer.url().startsWith(asked.public) && complaints.push(`${answer.status()} ${answer.url()}`));

/** Somebody looks at another window, or back. */
async function look(state) {
  await page.evaluate((state) => {
    Object.defineProperty(document, 'visibilityState', { value: state, configurable: true });
    Object.defineProperty(document, 'hidden', { value: state === 'hidden', configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  }, state);
}

let theirs;
let mine;
const posts = (status, more) => jean('POST', '/api/v1/statuses', { status, visibility: 'public', ...more });

const steps = {
  'log in': async () => {
    await page.goto(`${app}/#/login`);
    await page.locator('#instanceURL').fill(host);
    const popup = page.waitForEvent('popup');
    await page.locator('#login form button:not([type=button])').click();
    const asks = await popup;
    await asks.locator('[name=name]').fill('marie');
    await asks.locator('[name=password]').fill(asked.password);
    await asks.locator('form:has([name=password]) button.primary').click();
    await asks.locator('form:has([name=decision][value=allow]) button').click();
    await page.locator('#home-page').waitFor();
  },
  'read': async () => {
    theirs = await posts('Le four est chaud. #pain');
    await page.goto(`${app}/#/${host}/p/l`);
    await page.getByText('Le four est chaud.').first().waitFor();
    await page.goto(`${app}/#/${host}/a/${theirs.account.id}`);
    await page.getByText('Le four est chaud.').first().waitFor();
    await page.getByRole('button', { name: 'Follow', exact: true }).click();
    await page.getByRole('button', { name: /^Following/ }).waitFor();
    await page.goto(`${app}/#/`);
    await page.reload();
    await page.getByText('Le four est chaud.').first().waitFor();
  },
  'post with picture': async () => {
    await page.locator('#compose-button').click();
    await page.locator('#compose-container textarea[name=status]').fill('Le pont est ouvert.');
    await page.locator('#compose-container input[type=file]').first().setInputFiles(asked.picture);
    await page.locator('#compose-container .media-attachment textarea').fill(ALT);
    // It takes a description over when the typing ends.
    await page.waitForTimeout(1_000);
    await page.locator('#compose-container button[type=submit]').click();
    await page.locator('#compose-container').waitFor({ state: 'detached' });
    const [me] = await jean('GET', '/api/v1/accounts/search?q=marie');
    mine = await eventually(async () => (await jean('GET', `/api/v1/accounts/${me.id}/statuses`))[0], 'nothing was posted');
    assert.match(mine.content, /Le pont est ouvert/);
    assert.equal(mine.media_attachments[0]?.description, ALT);
  },
  'a thread, an answer, a favourite': async () => {
    await posts('Et dimanche ?', { in_reply_to_id: theirs.id });
    await page.goto(`${app}/#/${host}/s/${theirs.id}`);
    await page.getByText('Et dimanche ?').first().waitFor();
    await page.locator('.hero .action .favourite-button, .hero .favourite-button').first().click();
    await eventually(async () => (await jean('GET', `/api/v1/statuses/${theirs.id}`)).favourites_count === 1, 'the favourite does not count');
    await page.locator('.hero .reply-button').first().click();
    await page.locator('#compose-container textarea[name=status]').fill('@jean J’arrive !');
    await page.locator('#compose-container button[type=submit]').click();
    await eventually(async () => (await jean('GET', `/api/v1/statuses/${theirs.id}/context`)).descendants.some((it) => it.account.username === 'marie'), 'the answer is not there');
  },
  'a notification, live': async () => {
    await page.goto(`${app}/#/`);
    await page.reload();
    await page.locator('#home-page').waitFor();
    // Right after a page has loaded Phanpy only asks now and then; it listens from when one looks at it again.
    await look('hidden');
    await page.waitForTimeout(21_000);
    await look('visible');
    await eventually(async () => sent.some((it) => it.includes('"user:notification"')), 'it does not listen');
    frames.length = 0;
    await jean('POST', `/api/v1/statuses/${mine.id}/favourite`, {});
    await eventually(async () => frames.some((it) => it.includes('"event":"notification"')), 'nothing came over the stream');
    await page.locator('a[href="#/notifications"].has-badge').first().waitFor();
    await page.locator('a[href="#/notifications"]').first().click();
    await page.getByText('Le pont est ouvert.').first().waitFor();
  },
  'search': async () => {
    await page.goto(`${app}/#/${host}/search?q=four`);
    await page.getByText('Le four est chaud.').first().waitFor();
  },
  'nothing went wrong in the page': async () => {
    assert.deepEqual([...new Set(complaints)], []);
  },
};

await play(steps, async (name) => {
  await page.screenshot({ path: path.join(asked.shots, `${name.replaceAll(/\W+/g, '-')}.png`) }).catch(() => {});
});
await page.screenshot({ path: path.join(asked.shots, 'end.png') });
await browser.close();
process.exit(0);
