// The words a page shows, by their key, read from the same locale files as the program's, so that
// a better wording breaks no test. Knows single-line messages only.

import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

const LOCALES = path.resolve(import.meta.dirname, '../../frontend/locales');

/** A function from key to text; throws where the key has no one-line message. */
export function words(locale) {
  const folder = path.join(LOCALES, locale);
  const texts = readdirSync(folder)
    .filter((file) => file.endsWith('.ftl'))
    .flatMap((file) => readFileSync(path.join(folder, file), 'utf8').split('\n'))
    .map((line) => /^([a-z][a-z0-9-]*) = (.+)$/.exec(line))
    .filter(Boolean)
    .map(([, key, text]) => [key, text.trim()]);
  const known = new Map(texts);
  return (key, values = {}) => {
    if (!known.has(key)) throw new Error(`no one-line message '${key}' in ${locale}`);
    return known.get(key).replace(/\{ ?\$([a-z]+) ?\}/g, (_, name) => values[name]);
  };
}
