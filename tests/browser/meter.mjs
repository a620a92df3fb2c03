// Stands between a browser and a town and notes what goes over the wire, as it is sent: compressed, with its headers.

import { createServer, request } from 'node:http';
import { once } from 'node:events';

/** `towards` is asked before each request, so that the town may be started after the meter. */
export async function startMeter(towards) {
  const noted = [];
  const server = createServer((asked, answer) => {
    const { port } = new URL(towards());
    const way = { port, host: '127.0.0.1', method: asked.method, path: asked.url, headers: asked.headers };
    const onward = request(way, (came) => {
      // What a script or a worker asks for is no part of the page (Fetch Metadata).
      const byScript = ['empty', 'serviceworker'].includes(asked.headers['sec-fetch-dest']);
      const line = { path: asked.url, status: came.statusCode, ...headOf(came), byScript, bytes: headBytes(came) };
      noted.push(line);
      came.on('data', (chunk) => (line.bytes += chunk.length));
      answer.writeHead(came.statusCode, came.rawHeaders);
      came.pipe(answer);
    });
    onward.on('error', () => answer.destroy());
    asked.pipe(onward);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://localhost:${server.address().port}`,
    /** What was noted since the last time. */
    read: () => noted.splice(0),
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

function headOf({ headers }) {
  return { type: headers['content-type'] ?? '', encoding: headers['content-encoding'] ?? '' };
}

/** Of the status line and each `name: value`, with the ends of their lines. */
function headBytes({ rawHeaders, statusMessage }) {
  const lines = rawHeaders.reduce((sum, part) => sum + Buffer.byteLength(part) + 2, 0);
  return lines + Buffer.byteLength(statusMessage) + 'HTTP/1.1 200 \r\n\r\n'.length;
}
