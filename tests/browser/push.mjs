// A push service (RFC 8030) with one device that opens what came (RFC 8291). Knows no page.

import { createDecipheriv, createECDH, hkdfSync, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { once } from 'node:events';

/** What a browser would say of itself is in `subscription`; `next` waits for a message and gives its text. */
export async function startPushService() {
  const device = createECDH('prime256v1');
  const [key, auth] = [device.generateKeys(), randomBytes(16)];
  const came = [];
  const waiting = [];
  const server = createServer(async (asked, answer) => {
    const pieces = [];
    for await (const piece of asked) pieces.push(piece);
    answer.writeHead(201).end();
    const text = open(Buffer.concat(pieces), device, key, auth);
    const next = waiting.shift();
    if (next) next(text);
    else came.push(text);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const encoded = (bytes) => bytes.toString('base64url');
  return {
    subscription: {
      endpoint: `http://push.localhost:${server.address().port}/marie`,
      keys: { p256dh: encoded(key), auth: encoded(auth) },
    },
    next: () => (came.length > 0 ? came.shift() : new Promise((done) => waiting.push(done))),
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** RFC 8188, 2 and RFC 8291, 3.4. */
function open(body, device, key, auth) {
  const salt = body.subarray(0, 16);
  const length = body[20];
  const theirs = body.subarray(21, 21 + length);
  const sealed = body.subarray(21 + length);
  const derive = (secret, mixed, info, bytes) => Buffer.from(hkdfSync('sha256', secret, mixed, info, bytes));
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), key, theirs]);
  const secret = derive(device.computeSecret(theirs), auth, info, 32);
  const cipher = derive(secret, salt, 'Content-Encoding: aes128gcm\0', 16);
  const nonce = derive(secret, salt, 'Content-Encoding: nonce\0', 12);
  const opened = createDecipheriv('aes-128-gcm', cipher, nonce);
  opened.setAuthTag(sealed.subarray(-16));
  const text = Buffer.concat([opened.update(sealed.subarray(0, -16)), opened.final()]);
  return text.subarray(0, text.lastIndexOf(2)).toString();
}
