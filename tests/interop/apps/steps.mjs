// What every script of a client needs: a line for each step, a neighbour who acts by the API, and patience.
// Knows no client.

import { once } from 'node:events';
import http from 'node:http';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

const PATIENCE_MS = 20_000;

export const asked = JSON.parse(process.argv[2]);
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

/** Does the steps one after the other and tells of each; what fails does not keep the others from being tried. */
export async function play(steps, picture = async () => {}) {
  for (const [name, step] of Object.entries(steps)) {
    let outcome = 'yes';
    try {
      await step();
    } catch (error) {
      console.error(name, error);
      outcome = `no: ${String(error.message).split('\n')[0].slice(0, 200)}`;
      await picture(name);
    }
    console.log(`step ${JSON.stringify([name, outcome])}`);
  }
}

/** The address that a resident is sent back to, who lets the app in. */
export async function letIn(question) {
  console.log(`let-in ${question}`);
  const { value } = await lines.next();
  return new URL(value);
}

/** The neighbour's request, past any proxy. */
export async function jean(method, path, body) {
  const { host } = new URL(asked.public ?? asked.origin);
  const headers = { host, authorization: `Bearer ${asked.jean}`, 'content-type': 'application/json' };
  const request = http.request(asked.origin + path, { method, headers });
  request.end(body && JSON.stringify(body));
  const [answer] = await once(request, 'response');
  const said = await text(answer);
  if (answer.statusCode >= 300) throw new Error(`${method} ${path} answers ${answer.statusCode}: ${said}`);
  return JSON.parse(said);
}

/** Asks until the answer is true. */
export async function eventually(question, complaint) {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    const answer = await question();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(complaint);
    await sleep(200);
  }
}
