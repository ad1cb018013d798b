import { freePort } from '@assay/testing';
import { request, type IncomingHttpHeaders } from 'node:http';
import { startGateway } from '../start-gateway.js';
import { StubService } from '../testing/stub-service.js';

const NAMES = ['IDENTITY', 'EXPERIMENTS', 'FLAGS', 'ASSIGNMENT', 'INGESTION', 'ANALYSIS'];
const SHOP = 'https://shop.example';
const CLIENT_CALLS = [
  ['POST', '/ofrep/v1/evaluate/flags/checkout'],
  ['POST', '/ofrep/v1/evaluate/flags?flagConfigEtag=x'],
  ['GET', '/ofrep/v1/stream?token=t'],
  ['POST', '/api/v1/events'],
] as const;
const OTHER_CALLS = [
  ['GET', '/api/v1/events'],
  ['POST', '/api/v1/flags'],
  ['GET', '/sdk/v1/definitions'],
  ['POST', '/api/v1/auth/login'],
  ['POST', '/ofrep/v1/evaluate/flags/a/b'],
] as const;

let stub: StubService;
const stops: (() => Promise<void>)[] = [];
beforeAll(async () => {
  stub = await StubService.start();
  stub.answer = (_request, reply) =>
    reply.writeHead(200, { etag: '"e"', 'content-type': 'application/json' }).end('{}');
});
afterAll(async () => {
  for (const stop of stops) await stop();
  await stub.stop();
});

async function gateway(settings: Record<string, string>): Promise<string> {
  const port = String(await freePort());
  const services = Object.fromEntries(NAMES.map((name) => [`ASSAY_${name}_URL`, stub.url]));
  stops.push(await startGateway({ ...services, PORT: port, LOG_LEVEL: 'silent', ...settings }));
  return `http://127.0.0.1:${port}`;
}

/** As a browser sends it: `fetch` does not let a script say where it is from. */
function send(url: string, method: string, headers: Record<string, string>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers }, (answer) => {
      answer.resume();
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers }));
    });
    sent.on('error', reject).end();
  });
}
interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
}

const preflight = (url: string, method: string, origin = SHOP): Promise<Answer> =>
  send(url, 'OPTIONS', {
    origin,
    'access-control-request-method': method,
    'access-control-request-headers': 'authorization,content-type,if-none-match',
  });

describe('by default', () => {
  let url: string;
  beforeAll(async () => {
    url = await gateway({ ASSAY_REQUESTS_PER_MINUTE_PER_ADDRESS: '100' });
  });

  it.each(CLIENT_CALLS)('pages of every origin may %s %s', async (method, path) => {
    const allowed = await preflight(`${url}${path}`, method);
    expect(allowed.status).toBe(204);
    expect(allowed.headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': method,
      'access-control-max-age': '7200',
    });
    const headers = (allowed.headers['access-control-allow-headers'] ?? '').toLowerCase().split(', ');
    expect(headers).toEqual(expect.arrayContaining(['authorization', 'content-type', 'if-none-match', 'x-api-key']));
    expect(allowed.headers['access-control-allow-credentials']).toBeUndefined();
    const answer = await send(`${url}${path}`, method, { origin: SHOP });
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({ 'access-control-allow-origin': '*', etag: '"e"' });
    expect(answer.headers['access-control-expose-headers']).toContain('ETag');
  });

  it.each(OTHER_CALLS)('they may not %s %s', async (method, path) => {
    const refused = await preflight(`${url}${path}`, method);
    expect(refused.status).toBe(404);
    const answer = await send(`${url}${path}`, method, { origin: SHOP });
    for (const { headers } of [refused, answer]) expect(headers['access-control-allow-origin']).toBeUndefined();
  });

  it('who is no browser hears nothing of it', async () => {
    const { headers } = await send(`${url}/ofrep/v1/evaluate/flags`, 'POST', {});
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  it('a page can read that it asks too often, and its preflights are not counted', async () => {
    for (let each = 0; each < 150; each += 1) await preflight(`${url}/ofrep/v1/evaluate/flags`, 'POST');
    let answer = await send(`${url}/ofrep/v1/evaluate/flags`, 'POST', { origin: SHOP });
    expect(answer.status).toBe(200);
    for (let each = 0; each < 100 && answer.status !== 429; each += 1) {
      answer = await send(`${url}/ofrep/v1/evaluate/flags`, 'POST', { origin: SHOP });
    }
    expect(answer.status).toBe(429);
    expect(answer.headers['access-control-allow-origin']).toBe('*');
    expect(answer.headers['access-control-expose-headers']).toContain('Retry-After');
  });
});

it('with origins named, pages of those may call, others may not, and caches know the difference', async () => {
  const url = await gateway({ ASSAY_CORS_ORIGINS: `${SHOP}, http://localhost:5173` });
  for (const origin of [SHOP, 'http://localhost:5173']) {
    const { status, headers } = await preflight(`${url}/ofrep/v1/evaluate/flags`, 'POST', origin);
    expect([status, headers['access-control-allow-origin'], headers.vary]).toEqual([204, origin, 'Origin']);
    const answer = await send(`${url}/ofrep/v1/evaluate/flags`, 'POST', { origin });
    expect([answer.headers['access-control-allow-origin'], answer.headers.vary]).toEqual([origin, 'Origin']);
  }
  for (const origin of ['https://shop.example.evil', 'https://evil.example', 'null']) {
    const refused = await preflight(`${url}/ofrep/v1/evaluate/flags`, 'POST', origin);
    const answer = await send(`${url}/ofrep/v1/evaluate/flags`, 'POST', { origin });
    expect(refused.status).toBe(404);
    for (const { headers } of [refused, answer]) expect(headers['access-control-allow-origin']).toBeUndefined();
  }
});

it('can be switched off, and says what it cannot read', async () => {
  const url = await gateway({ ASSAY_CORS_ORIGINS: 'none' });
  const { status, headers } = await preflight(`${url}/ofrep/v1/evaluate/flags`, 'POST');
  expect([status, headers['access-control-allow-origin']]).toEqual([404, undefined]);
  await expect(gateway({ ASSAY_CORS_ORIGINS: 'shop.example' })).rejects.toThrow('ASSAY_CORS_ORIGINS: must be *, none');
  await expect(gateway({ ASSAY_CORS_ORIGINS: `${SHOP}/cart` })).rejects.toThrow('ASSAY_CORS_ORIGINS');
});
