// A town of its own for a test: the real program on a free loopback port with a throwaway data
// folder. Knows no page and no browser.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const ROOT = path.resolve(import.meta.dirname, '../..');
const PROGRAM = process.env.PARVIS_BIN ?? path.join(ROOT, 'target/debug/parvis');
const START_MS = 30_000;
const STOP_MS = 12_000;
const LOG_LINES = 40;

/** Starts a town; `settings` are further PARVIS_… variables. Stop it with `town.stop()`. */
export async function startTown(settings = {}) {
  const port = await freePort();
  const data = await mkdtemp(path.join(tmpdir(), 'parvis-browser-'));
  const origin = `http://localhost:${port}`;
  const env = {
    ...withoutOurs(process.env),
    PARVIS_LISTEN: `127.0.0.1:${port}`,
    PARVIS_PUBLIC_URL: origin,
    PARVIS_DATA_DIR: path.join(data, 'data'),
    PARVIS_LIMITS__RATE: 'off',
    ...settings,
  };
  const start = (args) => spawn(PROGRAM, args, { cwd: data, env });
  const server = start(['serve']);
  const log = lastLines(server);
  const killIt = () => server.kill('SIGKILL');
  process.on('exit', killIt);
  const stop = async () => {
    process.off('exit', killIt);
    await end(server);
    await rm(data, { recursive: true, force: true });
  };
  try {
    await ready(origin, server);
  } catch (error) {
    await stop();
    throw new Error(`${error.message}\n${log()}`, { cause: error });
  }
  return { origin, log, stop, cli: (args, stdin = '') => finish(start(args), args, stdin) };
}

/** Variables of whoever runs the tests would otherwise settle things in the town. */
function withoutOurs(env) {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('PARVIS_')));
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

async function ready(origin, server) {
  let gone = null;
  server.once('error', (error) => (gone = `the town did not start: ${error.message}`));
  server.once('exit', (code, signal) => (gone = `the town ended: ${signal ?? code}`));
  const deadline = Date.now() + START_MS;
  while (Date.now() < deadline) {
    if (gone) throw new Error(gone);
    const answer = await fetch(`${origin}/readyz`).catch(() => null);
    if (answer?.ok) return;
    await sleep(50);
  }
  throw new Error(`the town was not ready within ${START_MS / 1000} s`);
}

function lastLines(server) {
  let lines = [];
  const keep = (chunk) => (lines = lines.concat(String(chunk).split('\n')).slice(-LOG_LINES));
  server.stdout.on('data', keep);
  server.stderr.on('data', keep);
  return () => lines.join('\n');
}

async function end(server) {
  if (server.pid === undefined || server.exitCode !== null || server.signalCode !== null) return;
  const ended = once(server, 'exit');
  server.kill('SIGTERM');
  const inTime = await Promise.race([ended.then(() => true), sleep(STOP_MS, false, { ref: false })]);
  if (!inTime) {
    server.kill('SIGKILL');
    await ended;
    throw new Error(`the town did not stop within ${STOP_MS / 1000} s of being asked to`);
  }
}

/** Runs a command to its end; gives its standard output, throws when it fails. */
async function finish(command, args, stdin) {
  const said = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr']) {
    command[stream].on('data', (chunk) => (said[stream] += chunk));
  }
  // A command that reads nothing closes its end first; its exit code tells what matters.
  command.stdin.on('error', () => {});
  command.stdin.end(stdin);
  const [code] = await once(command, 'close');
  if (code !== 0) throw new Error(`parvis ${args.join(' ')} ended with ${code}\n${said.stderr}`);
  return said.stdout;
}
