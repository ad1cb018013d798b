import { createServer } from 'node:http';

/** The least a server can do with the same request: read the body, parse it, answer a constant. */
const ANSWER = JSON.stringify({
  key: 'flag',
  value: true,
  reason: 'TARGETING_MATCH',
  variant: 'on',
  metadata: { version: 1 },
});

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    JSON.parse(Buffer.concat(chunks).toString('utf8'));
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': ANSWER.length });
    response.end(ANSWER);
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.(typeof address === 'object' ? address?.port : 0);
});
