// The scripts of the pages mean what they say: checked by TypeScript through their JSDoc types.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { test } from 'node:test';

const SCRIPTS = path.resolve(import.meta.dirname, '../../frontend/scripts');

test('the scripts of the pages have no type error', () => {
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  const checked = spawnSync(process.execPath, [tsc, '-p', path.join(SCRIPTS, 'jsconfig.json')], {
    encoding: 'utf8',
  });
  assert.equal(checked.error, undefined);
  assert.equal(checked.status, 0, checked.stdout);
});
