// A visitor in headless Chromium: with or without JavaScript, on a phone or a desk, and what must
// hold on every page. Knows no page in particular.

import assert from 'node:assert/strict';
import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';

import { chromium } from 'playwright-core';

const ROOT = path.resolve(import.meta.dirname, '../..');
const SCREENSHOTS = process.env.PARVIS_SCREENSHOTS ?? path.join(ROOT, 'target/screenshots');
const AXE = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

export const PHONE = { name: 'phone', viewport: { width: 390, height: 844 } };
export const DESK = { name: 'desk', viewport: { width: 1280, height: 900 } };
/** Every way in which a flow is walked. */
export const HOWS = [PHONE, DESK].flatMap((size) => [true, false].map((javaScript) => ({ javaScript, size })));

/** Chromium can find nothing but this computer, whatever a page asks for. */
export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--disable-quic',
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE *.localhost, EXCLUDE 127.0.0.1',
    ],
  });
}

/** Somebody with a browser of their own: no cookie is shared with another visitor. */
export async function visit(browser, town, { javaScript, size }) {
  const context = await browser.newContext({
    baseURL: town.origin,
    viewport: size.viewport,
    hasTouch: size === PHONE,
    isMobile: size === PHONE,
    javaScriptEnabled: javaScript,
    colorScheme: 'light',
    locale: 'fr-FR',
    timezoneId: 'Europe/Paris',
  });
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  return new Visitor(page, town, javaScript, size);
}

class Visitor {
  #requests = [];
  #complaints = [];

  constructor(page, town, javaScript, size) {
    this.page = page;
    this.town = town;
    this.javaScript = javaScript;
    this.label = `${size.name}-${javaScript ? 'js' : 'nojs'}`;
    page.on('request', (request) => this.#requests.push(request.url()));
    page.on('pageerror', (error) => this.#complaints.push(String(error)));
    page.on('console', (line) => line.type() === 'error' && this.#complaints.push(line.text()));
  }

  /** Looks at the page as a careful person would, and keeps a picture of it. */
  async inspect(name) {
    await this.fitsItsWidth();
    // axe waits on timers, which a page without JavaScript has not; its twin with it looks the same.
    if (!this.javaScript) return;
    await this.picture(name);
    await this.#isAccessible(name);
  }

  /** Keeps a picture of the page as it is. */
  async picture(name) {
    await mkdir(SCREENSHOTS, { recursive: true });
    const file = path.join(SCREENSHOTS, `${name}-${this.label}.png`);
    await this.page.screenshot({ path: file, fullPage: true });
  }

  /** Nothing has to be pushed sideways. */
  async fitsItsWidth() {
    const [whole, shown] = await this.page.evaluate(() => {
      const { scrollWidth, clientWidth } = document.documentElement;
      return [scrollWidth, clientWidth];
    });
    assert.ok(whole <= shown, `${this.page.url()} is ${whole} px wide, ${shown} are shown`);
  }

  async #isAccessible(name) {
    assert.deepEqual(await this.faults(), [], `${name} (${this.label}) is not accessible`);
  }

  /** What axe finds on the page in light and dark, a line each. */
  async faults() {
    const faults = [];
    // Only the colours are others in the dark.
    for (const [colorScheme, only] of [['light', WCAG], ['dark', 'color-contrast']]) {
      await this.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await coloursHaveSettled(this.page);
      faults.push(...(await axe(this.page, only)).map((fault) => `${colorScheme}: ${fault}`));
    }
    await this.page.emulateMedia({ colorScheme: 'light', reducedMotion: null });
    return faults;
  }

  /** Nothing was asked of anybody but the town, and nothing went wrong in the page. */
  checkManners() {
    const strangers = this.#requests.filter((url) => !isOf(this.town.origin, url));
    assert.deepEqual(strangers, [], 'the pages asked third parties');
    assert.deepEqual(this.#complaints, [], 'the browser complained');
    assert.ok(this.#requests.length > 0, 'nothing was asked at all');
  }

  /** Browsers complain of every page that says no; here it was asked for. */
  forgive(status) {
    const isMeant = (line) => line.includes(`status of ${status}`);
    this.#complaints = this.#complaints.filter((line) => !isMeant(line));
  }

  /** What was asked for while the network was away. */
  forgiveOffline() {
    this.#complaints = this.#complaints.filter((line) => !line.includes('ERR_INTERNET_DISCONNECTED'));
  }

  leave() {
    return this.page.context().close();
  }
}

function isOf(origin, url) {
  const asked = new URL(url);
  return asked.origin === origin || asked.protocol === 'data:' || asked.protocol === 'blob:';
}

/** Colours fade when the theme changes, if motion is not held back; what axe measures half-way is nobody's contrast. */
async function coloursHaveSettled(page) {
  await page.evaluate(async () => {
    const nextFrame = () => new Promise((done) => requestAnimationFrame(done));
    await nextFrame();
    await nextFrame();
    await Promise.allSettled(document.getAnimations().map((fade) => fade.finished));
    await nextFrame();
  });
}

/** What axe finds, a line each. It is put into the page, once, as a debugger would, past any CSP. */
async function axe(page, only) {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(AXE);
  const { violations } = await page.evaluate(
    (values) => globalThis.axe.run(document, { runOnly: values, resultTypes: ['violations'] }),
    only,
  );
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map((node) => `${id}: ${help}: ${node.target.join(' ')}: ${node.failureSummary}`),
  );
}
