// A resident who uses the forms without a browser, to fill a town quickly. Knows the forms, looks at no page.

import assert from 'node:assert/strict';

export const PASSWORD = 'quatre cuillères en bois';

/** Makes accounts on the command line. */
export async function settle(town, names, ...more) {
  for (const name of names) {
    const account = ['account', 'create', name, '--email', `${name}@ville.example`, ...more];
    await town.cli([...account, '--password-stdin'], `${PASSWORD}\n`);
  }
}

export class Resident {
  #cookies = new Map();
  #csrf = '';

  constructor(origin) {
    this.origin = origin;
  }

  static async of(origin, name) {
    const resident = new Resident(origin);
    await resident.get('/connexion');
    const [status, where] = await resident.post('/connexion', { name, password: PASSWORD });
    assert.equal(`${status} ${where}`, '303 /', `${name} cannot log in`);
    await resident.get('/reglages/avis');
    return resident;
  }

  /** For a browser that is to be this resident without logging in itself. */
  cookies() {
    return [...this.#cookies].map(([name, value]) => ({ name, value, url: this.origin }));
  }

  async get(address) {
    const text = await (await this.#ask(address, {})).text();
    this.#csrf = /name="csrf" value="([^"]+)"/.exec(text)?.[1] ?? this.#csrf;
    return text;
  }

  /** Gives the status and where it leads; `fields` may hold files. */
  async post(address, fields) {
    const body = new FormData();
    body.set('csrf', this.#csrf);
    for (const [name, value] of Object.entries(fields)) body.set(name, value);
    const hasFiles = Object.values(fields).some((value) => value instanceof Blob);
    const answer = await this.#ask(address, {
      method: 'POST',
      body: hasFiles ? body : new URLSearchParams(body),
    });
    await answer.arrayBuffer();
    return [answer.status, answer.headers.get('location')];
  }

  /** Gives the address of the post. */
  async says(text, more = {}) {
    const fields = { text, audience: 'public', langue: 'fr', ...more };
    const [status, where] = await this.post('/ecrire', fields);
    assert.equal(status, 303, `'${text}' was not published`);
    return where;
  }

  async #ask(address, how) {
    const cookie = [...this.#cookies].map((pair) => pair.join('=')).join('; ');
    const headers = { cookie, 'accept-language': 'fr', accept: 'text/html' };
    const answer = await fetch(this.origin + address, { ...how, headers, redirect: 'manual' });
    for (const line of answer.headers.getSetCookie()) {
      const [pair] = line.split(';');
      const [name, ...value] = pair.split('=');
      this.#cookies.set(name, value.join('='));
    }
    return answer;
  }
}
