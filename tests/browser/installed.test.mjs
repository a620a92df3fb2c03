// The town as an app: what is written without a network goes out once, a device is told while no page is open, lists go on.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { DESK, launch, PHONE, visit } from './browser.mjs';
import { PNG } from './picture.mjs';
import { startPushService } from './push.mjs';
import { PASSWORD, Resident, settle } from './resident.mjs';
import { startTown } from './town.mjs';
import { words } from './words.mjs';

const t = words('fr');
const PAGE = 20;

let town;
let browser;

before(async () => {
  town = await startTown({ PARVIS_FEDERATION__ALLOW_PRIVATE_NETWORKS: '127.0.0.1/32' });
  await settle(town, ['mairie'], '--role', 'admin');
  await settle(town, ['marie', 'jean', 'lise', 'paul', 'odile']);
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await town?.stop();
});

async function withBrowser(how, doing) {
  const visitor = await visit(browser, town, how);
  try {
    await doing(visitor, visitor.page, visitor.page.context());
    visitor.checkManners();
  } finally {
    await visitor.leave();
  }
}

async function enter(page, name) {
  await page.goto('/connexion');
  await logIn(page, name);
}

async function logIn(page, name) {
  await page.getByLabel(t('name-or-email')).fill(name);
  await page.getByLabel(t('password'), { exact: true }).fill(PASSWORD);
  const button = page.getByRole('button', { name: t('log-in'), exact: true });
  await Promise.all([page.waitForEvent('load'), button.click()]);
}

/** Until the town stands on this device as an app, with its home page. */
async function install(page) {
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  await page.goto('/');
  await page.waitForFunction(async () => Boolean(await caches.match('/', { cacheName: 'home' })));
}

async function writes(page, text) {
  await page.goto('/');
  await page.getByLabel(t('compose-text'), { exact: true }).fill(text);
  await page.getByRole('button', { name: t('publish'), exact: true }).click();
}

/** How many posts of somebody say it, as everybody sees them. */
async function count(name, text) {
  const page = await (await fetch(`${town.origin}/@${name}`)).text();
  return page.split(`<p>${text}</p>`).length - 1;
}

test('what is written without a network waits, says so, and goes out once', async () => {
  await withBrowser({ javaScript: true, size: PHONE }, async (visitor, page, context) => {
    await enter(page, 'marie');
    await install(page);
    visitor.checkManners();
    await context.setOffline(true);
    await page.goto('/');
    await page.getByText(t('offline-writes')).waitFor();
    await visitor.inspect('40-writing-offline');
    await writes(page, 'Le pont est fermé.');
    await page.getByText(t('outbox-what')).waitFor();
    await writes(page, 'Le pont est rouvert.');
    await page.getByText(`${t('outbox-count')} 2`).waitFor();
    assert.equal(await page.getByText('Le pont est').count(), 0, 'nobody knows who looks');
    await visitor.inspect('41-waiting');
    assert.equal(await count('marie', 'Le pont est fermé.'), 0);

    await context.setOffline(false);
    const post = page.getByRole('article').filter({ hasText: 'Le pont est rouvert.' });
    await post.waitFor();
    assert.equal(new URL(page.url()).pathname, '/', 'the home page shows what went out');
    await page.goto('/en-attente');
    await page.getByText(t('outbox-none')).waitFor();
    for (const text of ['Le pont est fermé.', 'Le pont est rouvert.']) {
      assert.equal(await count('marie', text), 1, text);
    }
    visitor.forgiveOffline();
  });
});

test('what the town does not take back from the device is lost to nobody', async () => {
  await withBrowser({ javaScript: true, size: DESK }, async (visitor, page, context) => {
    await enter(page, 'lise');
    await install(page);
    await context.setOffline(true);
    await writes(page, 'Trouvé : un gant bleu.');
    await page.getByText(t('outbox-what')).waitFor();
    // Her log-in has ended meanwhile.
    await context.clearCookies();
    await context.setOffline(false);
    await page.waitForFunction(async () => {
      const kept = await caches.open('waiting');
      const all = await Promise.all((await kept.keys()).map((key) => kept.match(key)));
      return all.some((answer) => answer.headers.has('x-refused'));
    });
    await page.getByRole('link', { name: t('outbox-see') }).click();
    await logIn(page, 'lise');
    await page.getByText('Trouvé : un gant bleu.').waitFor();
    await visitor.inspect('47-refused');
    await page.getByRole('button', { name: t('outbox-send') }).click();
    await page.getByText(t('write-unsure')).waitFor();
    assert.equal(await count('lise', 'Trouvé : un gant bleu.'), 0);
    await page.getByRole('button', { name: t('publish'), exact: true }).click();
    await page.getByText(t('done-published')).waitFor();
    assert.equal(await count('lise', 'Trouvé : un gant bleu.'), 1);
    const kept = await page.waitForFunction(async () => {
      const text = await (await caches.match('/', { cacheName: 'home' }))?.text();
      return text?.includes('Trouvé : un gant bleu.') && text;
    });
    const isToldAgain = (await kept.jsonValue()).includes(t('done-published'));
    assert.ok(!isToldAgain, 'what was done is said once');
    visitor.forgive(403);
    visitor.forgive(422);
    visitor.forgiveOffline();
  });
});

/** The texts of what waits on the device. */
function waiting(page) {
  return page.evaluate(async () => {
    const kept = await caches.open('waiting');
    const all = await Promise.all((await kept.keys()).map((key) => kept.match(key)));
    return Promise.all(all.map(async (one) => (await one.formData()).get('text')));
  });
}

async function eventually(what, holds) {
  for (let n = 0; n < 100; n += 1) {
    if (await holds()) return;
    await new Promise((done) => setTimeout(done, 100));
  }
  assert.fail(what);
}

test('what somebody else wrote on the device is neither shown nor published', async () => {
  const jean = await Resident.of(town.origin, 'jean');
  await withBrowser({ javaScript: true, size: PHONE }, async (visitor, page, context) => {
    await enter(page, 'marie');
    await install(page);
    await context.setOffline(true);
    await writes(page, 'Un mot pour Lise seule.');
    await page.getByText(t('outbox-what')).waitFor();
    assert.deepEqual(await waiting(page), ['Un mot pour Lise seule.']);
    // Her log-in has ended, and another resident comes.
    await context.clearCookies();
    await context.addCookies(jean.cookies());
    await context.setOffline(false);
    await eventually('it is thrown away', async () => (await waiting(page)).length === 0);
    await page.goto('/en-attente');
    await page.getByText(t('outbox-none')).waitFor();
    for (const name of ['marie', 'jean']) {
      assert.equal(await count(name, 'Un mot pour Lise seule.'), 0, name);
    }
    const [status] = await jean.post('/ecrire', { text: 'Bonsoir.', audience: 'public', auteur: '1' });
    assert.equal(status, 410);

    // One that the town had refused before she left.
    await page.evaluate(async () => {
      const form = new FormData();
      form.set('text', 'Le secret de Marie.');
      const headers = { 'x-author': '1', 'x-refused': '1' };
      await (await caches.open('waiting')).put('/en-attente/1', new Response(form, { headers }));
    });
    await page.goto('/en-attente');
    await page.getByText(t('outbox-none')).waitFor();
    assert.equal(await page.getByText('Le secret de Marie.').count(), 0);
    visitor.forgive(410);
    visitor.forgiveOffline();
  });
});

test('an answer that is not the town’s own loses nothing, nor does a log-out that failed', async () => {
  await withBrowser({ javaScript: true, size: DESK }, async (visitor, page, context) => {
    await enter(page, 'paul');
    await install(page);
    const [worker] = context.serviceWorkers();
    await worker.evaluate(() => {
      globalThis.honest = fetch;
      globalThis.fetch = async (asked, how) => {
        const method = how?.method ?? asked.method;
        return method === 'POST' ? new Response('Bad gateway', { status: 502 }) : honest(asked, how);
      };
    });
    await writes(page, 'La poste ferme à midi.');
    await page.getByText(t('outbox-what')).waitFor();
    assert.deepEqual(await waiting(page), ['La poste ferme à midi.']);
    await worker.evaluate(() => (globalThis.fetch = globalThis.honest));

    await context.setOffline(true);
    await page.goto('/');
    await leave(page);
    await page.getByText(t('offline-what')).waitFor();
    assert.deepEqual(await waiting(page), ['La poste ferme à midi.']);
    await context.setOffline(false);
    await page.goto('/');
    await eventually('it went out', async () => (await count('paul', 'La poste ferme à midi.')) === 1);

    await page.evaluate(async () => {
      const headers = { 'x-author': '1', 'x-refused': '1' };
      await (await caches.open('waiting')).put('/en-attente/1', new Response('', { headers }));
      await caches.open('shared');
    });
    await page.goto('/');
    await leave(page);
    await page.getByText(t('done-logged-out')).waitFor();
    for (const name of ['waiting', 'shared']) {
      assert.equal(await page.evaluate((name) => caches.has(name), name), false, name);
    }
    visitor.forgive(502);
    visitor.forgiveOffline();
  });
});

test('what a network that is not quite back swallows is tried again by itself', async () => {
  await withBrowser({ javaScript: true, size: PHONE }, async (visitor, page, context) => {
    await enter(page, 'odile');
    await install(page);
    const [worker] = context.serviceWorkers();
    await worker.evaluate(() => {
      globalThis.honest = fetch;
      globalThis.tried = 0;
      globalThis.fetch = async (asked, how) => {
        if ((how?.method ?? asked.method) !== 'POST') return honest(asked, how);
        tried += 1;
        throw new TypeError('unreachable');
      };
    });
    await writes(page, 'Le bac repart.');
    await page.getByText(t('outbox-what')).waitFor();
    await eventually('it was tried in vain', () => worker.evaluate(() => globalThis.tried > 1));
    await worker.evaluate(() => (globalThis.fetch = globalThis.honest));
    await page.getByRole('article').filter({ hasText: 'Le bac repart.' }).waitFor();
    assert.equal(await count('odile', 'Le bac repart.'), 1);
  });
});

function leave(page) {
  return page.locator('form[action="/deconnexion"]').first().evaluate((form) => form.requestSubmit());
}

test('what is being typed when the network comes back stays', async () => {
  await withBrowser({ javaScript: true, size: DESK }, async (visitor, page, context) => {
    await enter(page, 'jean');
    await install(page);
    await context.setOffline(true);
    await writes(page, 'Premier mot.');
    await page.getByText(t('outbox-what')).waitFor();
    await page.goto('/');
    const text = page.getByLabel(t('compose-text'), { exact: true });
    await text.fill('Deuxième mot, pas encore fini');
    await context.setOffline(false);
    await eventually('the first went out', async () => (await count('jean', 'Premier mot.')) === 1);
    await page.waitForTimeout(500);
    assert.equal(await text.inputValue(), 'Deuxième mot, pas encore fini');
    visitor.forgiveOffline();
  });
});

/** As a phone does it when somebody shares with the town in another app: by what its manifest says. */
async function handOver(page, words, pictures) {
  const { share_target: target } = await (await fetch(`${town.origin}/manifest.webmanifest`)).json();
  assert.ok(target.params.files[0].accept.includes('image/png'));
  const sends = page.evaluate(({ target, words, pictures }) => {
    const { action, method, enctype, params } = target;
    const form = Object.assign(document.createElement('form'), { action, method, enctype });
    const files = new DataTransfer();
    for (const [n, bytes] of pictures.entries()) {
      files.items.add(new File([new Uint8Array(bytes)], `photo-${n}.png`, { type: 'image/png' }));
    }
    const text = Object.assign(document.createElement('input'), { name: params.text, value: words });
    const input = Object.assign(document.createElement('input'), { name: params.files[0].name, type: 'file', multiple: true });
    input.files = files.files;
    form.append(text, input);
    document.body.append(form);
    form.submit();
  }, { target, words, pictures });
  await Promise.all([page.waitForURL(/\/ecrire\?/), sends]);
}

test('pictures that another app hands over are attached to a post when somebody wants it, once', async () => {
  await withBrowser({ javaScript: true, size: PHONE }, async (visitor, page, context) => {
    await enter(page, 'lise');
    await install(page);
    const two = [1, 2].map((n) => [...PNG, n]);
    let uploads = 0;
    page.on('request', (request) => {
      if (request.url().endsWith('/ecrire/fichiers')) uploads += 1;
    });
    await handOver(page, 'Vus du pont ce matin.', two);
    // Any site can send such a form.
    const attach = page.getByRole('button', { name: t('pictures-received-attach') });
    await attach.waitFor();
    await page.getByRole('status').filter({ hasText: `${t('pictures-received')} 2` }).waitFor();
    await visitor.inspect('49-received');
    const attached = page.locator('[data-attached] [data-file]');
    assert.deepEqual([uploads, await attached.count()], [0, 0], 'nothing goes to the town unasked');
    await attach.click();
    await attached.nth(1).waitFor();
    assert.equal(uploads, 2);
    assert.equal(await attach.count(), 0);
    assert.equal(await page.getByLabel(t('compose-text'), { exact: true }).inputValue(), 'Vus du pont ce matin.');
    for (const n of [0, 1]) await attached.nth(n).getByLabel(t('picture-description')).fill('Deux hérons');
    await visitor.inspect('48-handed-over');
    const address = page.url();
    await page.getByRole('button', { name: t('publish'), exact: true }).click();
    await page.getByText(t('done-published')).waitFor();
    await page.goto('/@lise');
    const post = page.getByRole('article').filter({ hasText: 'Vus du pont ce matin.' });
    assert.equal(await post.getByAltText('Deux hérons').count(), 2);

    // The same address once more brings words alone, as does an app that hands over nothing else.
    await page.goto(address);
    const laidAside = () => page.evaluate(async () => (await (await caches.open('shared')).keys()).length);
    assert.equal(await laidAside(), 0);
    await page.goto('/');
    await handOver(page, 'Des mots seuls.', []);
    assert.equal(await page.getByLabel(t('compose-text'), { exact: true }).inputValue(), 'Des mots seuls.');
    assert.ok(!new URL(page.url()).searchParams.has('partage'));

    // Several wait beside each other, as many as there is room for, and no longer than somebody is logged in here.
    const addresses = [];
    for (const words of ['Un.', 'Deux.', 'Trois.', 'Quatre.']) {
      await page.goto('/');
      await handOver(page, words, two);
      addresses.push(page.url());
    }
    await page.getByText(t('done-shared-words')).waitFor();
    assert.equal(await laidAside(), 3);
    await page.goto(addresses[0]);
    await attach.waitFor();
    await context.clearCookies();
    await page.goto('/');
    await eventually('nothing stays of who is gone', () =>
      page.evaluate(async () => !(await caches.has('shared')) && !(await caches.has('home'))),
    );
  });
});

test('a form that comes a second time is published once', async () => {
  const paul = await Resident.of(town.origin, 'paul');
  for (let n = 0; n < 2; n += 1) await paul.says('Bal ce soir.', { envoi: 'un' });
  await paul.says('Bal demain.', { envoi: 'un' });
  await Promise.all([1, 2, 3].map(() => paul.says('Bal dimanche.', { envoi: 'deux' })));
  for (const text of ['Bal ce soir.', 'Bal demain.', 'Bal dimanche.']) {
    assert.equal(await count('paul', text), 1, text);
  }
  for (let n = 0; n < 2; n += 1) await paul.says('Bonjour !', { envoi: `jour-${n}` });
  assert.equal(await count('paul', 'Bonjour !'), 2, 'another day, another form');
});

test('a device is told while no page is open, and opens what it is about', async () => {
  const service = await startPushService();
  const jean = await Resident.of(town.origin, 'jean');
  try {
    await withBrowser({ javaScript: true, size: PHONE }, async (visitor, page, context) => {
      await context.grantPermissions(['notifications'], { origin: town.origin });
      // The push service of a real browser cannot be reached from here: the page meets one of ours.
      await page.addInitScript((made) => {
        globalThis.PushManager.prototype.getSubscription = async () => null;
        globalThis.PushManager.prototype.subscribe = async ({ applicationServerKey }) => {
          localStorage.setItem('key', applicationServerKey);
          return { toJSON: () => made };
        };
      }, service.subscription);
      await enter(page, 'marie');
      await install(page);
      await page.goto('/reglages/avis');
      await visitor.inspect('42-device');
      await page.getByRole('button', { name: t('device-start') }).click();
      await page.getByText(t('done-device-told')).waitFor();
      await visitor.inspect('43-device-told');
      const key = await page.evaluate(() => localStorage.getItem('key'));
      assert.equal(Buffer.from(key, 'base64url').length, 65, 'the key of the town');

      await jean.says('@marie Le four est chaud.');
      const message = await service.next();
      const told = JSON.parse(message);
      assert.equal(told.title, 'jean vous parle');
      assert.equal(told.access_token, '', 'a browser needs no token');

      await page.goto('/ville');
      await deliver(page, message);
      const shown = await page.waitForFunction(async () => {
        const registration = await navigator.serviceWorker.ready;
        const [first] = await registration.getNotifications();
        return first && { title: first.title, body: first.body, data: first.data };
      });
      const { title, body, data } = await shown.jsonValue();
      assert.equal(title, told.title);
      assert.match(body, /Le four est chaud\./);
      const number = /"notification_id":(\d+)/.exec(message)[1];
      assert.equal(data, `/avis/${number}`, 'every digit of it');
      await page.goto(await pressed(context));
      await page.locator('article.chosen').getByText('Le four est chaud.').waitFor();

      await page.goto('/reglages/avis');
      await page.getByRole('button', { name: t('device-stop') }).click();
      await page.getByText(t('done-device-left')).waitFor();
      await page.getByRole('button', { name: t('device-start') }).waitFor();
    });
  } finally {
    service.stop();
  }
});

test('without scripts the page says what being told on a device takes', async () => {
  await withBrowser({ javaScript: false, size: PHONE }, async (visitor, page) => {
    await enter(page, 'marie');
    await page.goto('/reglages/avis');
    await page.getByText(t('device-needs')).waitFor();
    assert.equal(await page.getByRole('button', { name: t('device-start') }).isVisible(), false);
    await visitor.inspect('44-device');
  });
});

/** As the browser does when its push service brings something. */
async function deliver(page, data) {
  const tools = await page.context().newCDPSession(page);
  const known = new Promise((done) => {
    tools.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const [ours] = registrations.filter(({ isDeleted }) => !isDeleted);
      if (ours) done(ours.registrationId);
    });
  });
  await tools.send('ServiceWorker.enable');
  const registrationId = await known;
  await tools.send('ServiceWorker.deliverPushMessage', { origin: town.origin, registrationId, data });
}

/** Presses what the device shows; gives what the worker opens. */
function pressed(context) {
  const [worker] = context.serviceWorkers();
  return worker.evaluate(async () => {
    const opened = new Promise((done) => (clients.openWindow = async (address) => done(address)));
    const [notification] = await registration.getNotifications();
    dispatchEvent(new NotificationEvent('notificationclick', { notification }));
    return opened;
  });
}

for (const size of [PHONE, DESK]) {
  test(`a list goes on by itself twice, then when asked, on a ${size.name}`, async () => {
    await fill();
    await withBrowser({ javaScript: true, size }, async (visitor, page) => {
      await page.goto('/ville');
      await visitor.inspect('45-list');
      const posts = page.getByRole('article');
      const foot = page.locator('.foot');
      const more = page.getByRole('link', { name: t('older') });
      for (const pages of [2, 3]) {
        await more.scrollIntoViewIfNeeded();
        await page.waitForFunction((n) => document.querySelectorAll('article').length >= n, pages * PAGE);
      }
      await foot.scrollIntoViewIfNeeded();
      await page.waitForTimeout(300);
      assert.equal(await posts.count(), 3 * PAGE, 'it does not go on for ever');
      assert.ok(await foot.getByRole('link').first().isVisible());

      await more.focus();
      await page.keyboard.press('Enter');
      await page.waitForFunction((n) => document.querySelectorAll('article').length > n, 3 * PAGE);
      await page.getByText(`${t('more-came')} ${PAGE}`).waitFor({ state: 'attached' });
      const focused = await page.evaluate(() => [...document.querySelectorAll('article')].indexOf(document.activeElement));
      assert.equal(focused, 3 * PAGE, 'the focus goes on with the list');

      // To a post and back.
      const post = posts.nth(3 * PAGE + 5);
      await post.scrollIntoViewIfNeeded();
      await page.waitForTimeout(400);
      const before = (await post.boundingBox()).y;
      await post.locator('a.when').click();
      await page.locator('article.chosen').waitFor();
      await page.goBack();
      await page.waitForFunction((n) => document.querySelectorAll('article').length > n, 3 * PAGE);
      await page.waitForTimeout(200);
      const after = (await post.boundingBox()).y;
      assert.ok(Math.abs(after - before) < 4, `the place is kept: ${before} then ${after}`);
      await more.click();
      await more.waitFor({ state: 'detached' });
      const ids = await posts.evaluateAll((all) => all.map(({ id }) => id));
      assert.equal(new Set(ids).size, ids.length, 'nothing stands there twice');
      await visitor.inspect('46-list-end');
    });
  });
}

test('without scripts a link leads on', async () => {
  await fill();
  await withBrowser({ javaScript: false, size: PHONE }, async (_, page) => {
    await page.goto('/ville');
    await page.getByRole('link', { name: t('older') }).click();
    await page.waitForURL(/avant=/);
    assert.equal(await page.getByRole('article').count(), PAGE);
    await page.getByRole('link', { name: t('newest') }).click();
    await page.waitForURL((url) => url.search === '');
  });
});

let isFull = false;

/** More than four pages of posts, once. */
async function fill() {
  if (isFull) return;
  isFull = true;
  const odile = await Resident.of(town.origin, 'odile');
  for (let n = 1; n <= 4 * PAGE + 5; n += 1) {
    await odile.says(`Carnet du jardin, jour ${n}.\n\n${'Il pleut sur les poireaux. '.repeat(n % 4)}`);
  }
}
