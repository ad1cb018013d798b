import { freePort, until } from '@assay/testing';
import { once } from 'node:events';
import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { startGateway } from '../start-gateway.js';
import { bodyOf, StubService } from '../testing/stub-service.js';

const NAMES = ['IDENTITY', 'EXPERIMENTS', 'FLAGS', 'ASSIGNMENT', 'INGESTION', 'ANALYSIS'] as const;

interface Problem {
  readonly code: string;
  readonly traceId: string;
}

describe('the gateway', () => {
  const stubs = {} as Record<(typeof NAMES)[number], StubService>;
  let second: StubService;
  let url: string;
  let stop: () => Promise<void>;
  beforeAll(async () => {
    for (const name of NAMES) stubs[name] = await StubService.start();
    second = await StubService.start();
    const port = await freePort();
    const addresses = Object.fromEntries(NAMES.map((name) => [`ASSAY_${name}_URL`, stubs[name].url]));
    stop = await startGateway({
      ...addresses,
      ASSAY_FLAGS_URL: `${stubs.FLAGS.url}, ${second.url}`,
      PORT: String(port),
      LOG_LEVEL: 'silent',
      ASSAY_REQUESTS_PER_MINUTE_PER_ADDRESS: '0',
      ASSAY_REQUESTS_PER_MINUTE_PER_KEY: '200',
    });
    url = `http://127.0.0.1:${port}`;
  });
  afterAll(async () => {
    await stop();
    await Promise.all([...Object.values(stubs), second].map((stub) => stub.stop()));
  });
  beforeEach(() => {
    for (const stub of [...Object.values(stubs), second]) {
      stub.asked = [];
      stub.answer = (_request, reply) => reply.end('{}');
    }
  });

  it('sends each call to the service that answers it, and what nobody answers to nobody', async () => {
    const calls: [(typeof NAMES)[number], string, string][] = [
      ['IDENTITY', 'GET', '/api/v1/users'],
      ['EXPERIMENTS', 'POST', '/api/v1/experiments/checkout/start'],
      ['FLAGS', 'PATCH', '/api/v1/flags/a%2Fb?project=x&q=%20'],
      ['ASSIGNMENT', 'POST', '/ofrep/v1/evaluate/flags'],
      ['INGESTION', 'POST', '/api/v1/events'],
      ['ANALYSIS', 'GET', '/api/v1/events?limit=3'],
      ['ANALYSIS', 'GET', '/api/v1/experiments/checkout/results'],
    ];
    for (const [name, method, path] of calls) {
      await fetch(`${url}${path}`, { method });
      expect([name, [...stubs[name].asked, ...(name === 'FLAGS' ? second.asked : [])].at(-1)]).toEqual([
        name,
        `${method} ${path}`,
      ]);
    }
    const unknown = await fetch(`${url}/api/v1/nothing`);
    expect([unknown.status, unknown.headers.get('content-type')]).toEqual([
      404,
      expect.stringContaining('application/problem+json'),
    ]);
    const document = (await (await fetch(`${url}/api/openapi.json`)).json()) as { paths: Record<string, unknown> };
    expect(Object.keys(document.paths).length).toBeGreaterThan(40);
  });

  it('passes bodies, statuses and headers on as they are, and says who asked and in which trace', async () => {
    let headers: IncomingHttpHeaders = {};
    let body: Uint8Array = new Uint8Array();
    stubs.INGESTION.answer = (request, reply) => {
      headers = request.headers;
      void bodyOf(request).then((bytes) => {
        body = bytes;
        reply.writeHead(202, { etag: '"7"', 'content-type': 'application/problem+json', 'x-own': 'yes' });
        reply.end('{"a":1}');
      });
    };
    const packed = gzipSync('{"events":[]}');
    const answer = await fetch(`${url}/api/v1/events`, {
      method: 'POST',
      body: packed,
      headers: {
        'content-type': 'application/json',
        'content-encoding': 'gzip',
        authorization: 'Bearer x',
        'x-forwarded-for': '6.6.6.6',
        traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      },
    });
    expect(Buffer.compare(body, packed)).toBe(0);
    expect([answer.status, await answer.text(), answer.headers.get('etag'), answer.headers.get('x-own')]).toEqual([
      202,
      '{"a":1}',
      '"7"',
      'yes',
    ]);
    expect(answer.headers.get('x-trace-id')).toBe('0af7651916cd43dd8448eb211c80319c');
    expect(headers).toMatchObject({
      authorization: 'Bearer x',
      'content-encoding': 'gzip',
      'x-forwarded-for': '127.0.0.1',
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    });
    const traced = await fetch(`${url}/api/v1/events`, { method: 'POST', body: '{}' });
    expect(headers['traceparent']).toMatch(
      new RegExp(`^00-${traced.headers.get('x-trace-id') ?? ''}-[0-9a-f]{16}-01$`),
    );
  });

  it('lets a stream of lines through while it is being sent', async () => {
    const arrived: string[] = [];
    stubs.INGESTION.answer = (request, reply) => {
      request.on('data', (chunk: Buffer) => arrived.push(chunk.toString()));
      request.on('end', () => reply.end('{}'));
    };
    const { port } = new URL(url);
    const sending = httpRequest({
      port,
      method: 'POST',
      path: '/api/v1/events',
      headers: { 'content-type': 'application/x-ndjson' },
    });
    sending.write('{"first":1}\n');
    await until(() => arrived.length === 1);
    sending.end('{"second":2}\n');
    const [answer] = (await once(sending, 'response')) as [IncomingMessage];
    expect([answer.statusCode, arrived.join('')]).toEqual([200, '{"first":1}\n{"second":2}\n']);
    answer.resume();
  });

  it('answers a stream that the service refuses before its end, and closes the connection', async () => {
    stubs.INGESTION.answer = (request, reply) => {
      reply.writeHead(413, { connection: 'close', 'content-length': 2 }).write('{}');
      // As services do: what still comes is read away.
      request.resume();
    };
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    const errors: unknown[] = [];
    socket.on('error', (error) => errors.push(error));
    const head =
      'POST /api/v1/events HTTP/1.1\r\nhost: a\r\ncontent-type: application/x-ndjson\r\ncontent-length: 90000000';
    socket.write(`${head}\r\n\r\n`);
    const sending = setInterval(() => socket.write('x'.repeat(100_000)), 10);
    let answer = '';
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
    await new Promise((resolve) => socket.once('end', resolve));
    clearInterval(sending);
    socket.destroy();
    expect(answer.toLowerCase()).toMatch(/^http\/1.1 413 [^]*\r\nconnection: close\r\n/);
    expect(errors).toEqual([]);
  });

  it('lets events through as they come, and ends them at the service when the client goes', async () => {
    let closed = false;
    stubs.ASSIGNMENT.answer = (request, reply) => {
      reply.writeHead(200, { 'content-type': 'text/event-stream' });
      reply.write('data: 1\n\n');
      request.on('close', () => (closed = true));
    };
    const client = new AbortController();
    const answer = await fetch(`${url}/api/v1/assignments`, {
      headers: { accept: 'text/event-stream' },
      signal: client.signal,
    });
    const reader = answer.body?.getReader() as ReadableStreamDefaultReader<Uint8Array> | undefined;
    const first = await reader?.read();
    expect(Buffer.from(first?.value ?? []).toString()).toBe('data: 1\n\n');
    client.abort();
    await until(() => closed);
  });

  it('tries reading again when the connection breaks, but never sends a change twice', async () => {
    const breakOnce = (stub: StubService): void => {
      stub.answer = (request, reply) => {
        if (stub.asked.length > 1) return void reply.end('{}');
        request.socket.destroy();
      };
    };
    breakOnce(stubs.EXPERIMENTS);
    expect((await fetch(`${url}/api/v1/experiments`)).status).toBe(200);
    expect(stubs.EXPERIMENTS.asked).toHaveLength(2);

    stubs.EXPERIMENTS.asked = [];
    const post = { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } };
    const refused = await fetch(`${url}/api/v1/experiments`, post);
    expect([refused.status, refused.headers.get('retry-after'), stubs.EXPERIMENTS.asked.length]).toEqual([503, '2', 1]);
    expect(await refused.json()).toMatchObject({ code: 'unavailable', status: 503 });

    stubs.EXPERIMENTS.asked = [];
    const named = { ...post, headers: { ...post.headers, 'idempotency-key': 'k1' } };
    expect([(await fetch(`${url}/api/v1/experiments`, named)).status, stubs.EXPERIMENTS.asked.length]).toEqual([
      200, 2,
    ]);
  });

  it('waits for a service that is being restarted, and leaves out an instance that is gone', async () => {
    await stubs.EXPERIMENTS.stop();
    const post = { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } };
    const waiting = fetch(`${url}/api/v1/experiments`, post);
    await new Promise((resolve) => setTimeout(resolve, 500));
    await stubs.EXPERIMENTS.listen();
    expect((await waiting).status).toBe(200);

    await second.stop();
    const began = performance.now();
    const answers = await Promise.all(Array.from({ length: 20 }, () => fetch(`${url}/api/v1/flags`)));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(performance.now() - began).toBeLessThan(5_000);
    await second.listen();
  });

  it('refuses at once while a service is away, and goes on when it is back', async () => {
    await stubs.ANALYSIS.stop();
    const ask = () => fetch(`${url}/api/v1/ledger`);
    const slow = await Promise.all(Array.from({ length: 15 }, ask));
    expect(slow.map(({ status }) => status)).toEqual(slow.map(() => 503));
    const began = performance.now();
    const quick = await ask();
    // Sooner than anybody is waited for.
    expect(performance.now() - began).toBeLessThan(2_500);
    const problem = (await quick.json()) as Problem;
    expect([quick.status, quick.headers.get('retry-after'), problem.code]).toEqual([503, '2', 'unavailable']);
    expect(problem.traceId).toBe(quick.headers.get('x-trace-id'));
    expect(
      (await fetch(`${url}/metrics`).then((answer) => answer.text())).includes(
        'gateway_circuit_open{upstream="analysis"} 1',
      ),
    ).toBe(true);
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    // Others are not concerned.
    expect((await fetch(`${url}/api/v1/users`)).status).toBe(200);

    await stubs.ANALYSIS.listen();
    await until(async () => (await ask()).status === 200);
  });

  it('limits requests per credential at the edge', async () => {
    const headers = { authorization: 'Bearer limited' };
    const answers = await Promise.all(Array.from({ length: 205 }, () => fetch(`${url}/api/v1/users`, { headers })));
    const limited = answers.filter(({ status }) => status === 429);
    expect([limited.length, limited[0]?.headers.has('retry-after'), stubs.IDENTITY.asked.length]).toEqual([
      5,
      true,
      200,
    ]);
  });

  it('answers a body that is too large with 413', async () => {
    const body = Buffer.alloc(1_100_000, 'x');
    const answer = await fetch(`${url}/api/v1/flags`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json' },
    });
    expect([answer.status, ((await answer.json()) as Problem).code]).toEqual([413, 'payload_too_large']);
  });
});
