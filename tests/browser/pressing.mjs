// What a hand does on every page: presses a button and waits for the town's answer, opens a page again until something stands
// there. Knows no page in particular.

import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

const PATIENCE_MS = 10_000;

/** Presses a button and waits for the page that the town answers with, whatever it says. */
export async function answered(page, button) {
  const isPage = (response) =>
    response.request().isNavigationRequest() && Math.floor(response.status() / 100) !== 3;
  const [response] = await Promise.all([
    page.waitForResponse(isPage),
    page.waitForEvent('load'),
    button.click(),
  ]);
  return response;
}

/** The same, where the answer must be no error. */
export async function submit(page, button) {
  const response = await answered(page, button);
  assert.ok(response.ok(), `${response.url()} answered ${response.status()}`);
}

/** Opens a page again until something is there: what comes from elsewhere comes a moment later. */
export async function until(page, path, what) {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    await page.goto(path);
    if (await what.first().isVisible()) return;
    assert.ok(Date.now() < deadline, `${path} does not show what is waited for`);
    await sleep(100);
  }
}
