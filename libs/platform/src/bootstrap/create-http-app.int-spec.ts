import { Body, Controller, Get, Module, Post } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppError } from '@assay/contracts';
import { once } from 'node:events';
import { Agent, createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { linesOf } from '../http/lines-of.js';
import { HealthChecks } from '../health/health-checks.js';
import { PlatformModule } from '../platform.module.js';
import { createHttpApp } from './create-http-app.js';
import { checkPort, listen } from './listen.js';

@Controller()
class EchoController {
  @Post('/echo')
  echo(@Body() body: unknown): unknown {
    return { body };
  }
  @Post('/lines')
  async lines(@Body() body: Readable): Promise<unknown> {
    return { characters: (await text(body)).length };
  }
  @Post('/first-line')
  async firstLine(@Body() body: Readable): Promise<unknown> {
    for await (const line of linesOf(body)) throw AppError.field('', `The first line has ${line.length} characters`);
    return {};
  }
  @Get('/conflict')
  conflict(): never {
    throw AppError.conflict('Both want it.');
  }
  @Get('/bug')
  bug(): never {
    throw new Error('secret internals');
  }
  @Get('/slow')
  async slow(): Promise<unknown> {
    await new Promise((resolve) => setTimeout(resolve, 400));
    return { done: true };
  }
  @Get('/by/:id')
  byId(): unknown {
    return {};
  }
}

@Module({ imports: [PlatformModule], controllers: [EchoController] })
class EchoModule {}

const silent = { log: () => undefined, error: () => undefined, warn: () => undefined };

let app: NestFastifyApplication;
let origin: string;

beforeEach(async () => {
  app = await createHttpApp(EchoModule, { logger: silent });
  origin = await listen(app, { host: '127.0.0.1', port: 0 });
});
afterEach(() => app.close());

const call = (path: string, init?: RequestInit): Promise<Response> => fetch(origin + path, init);
const post = (path: string, body: string | Buffer, headers: Record<string, string> = {}): Promise<Response> =>
  call(path, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });

const problem = async (
  answer: Response,
): Promise<{ status: number; code: string; detail: string; traceId: string }> => {
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  const document = (await answer.json()) as { status: number; code: string; detail: string; traceId: string };
  expect(document.status).toBe(answer.status);
  expect(document.traceId).toBe(answer.headers.get('x-trace-id') ?? document.traceId);
  return document;
};

describe('bodies', () => {
  it('are JSON, plain or packed', async () => {
    expect(await (await post('/echo', '{"a":[1]}')).json()).toEqual({ body: { a: [1] } });
    expect(await (await post('/echo', gzipSync('{"a":"ü"}'), { 'content-encoding': 'gzip' })).json()).toEqual({
      body: { a: 'ü' },
    });
    expect((await post('/echo', '{}', { 'content-type': 'application/merge-patch+json; charset=utf-8' })).status).toBe(
      201,
    );
  });

  it('may be missing', async () => {
    expect(await (await post('/echo', '')).json()).toEqual({});
  });

  it('of NDJSON reach the handler as a stream of any length', async () => {
    const body = '{"a":1}\n'.repeat(400_000);
    const headers = { 'content-type': 'application/x-ndjson' };
    expect(await (await post('/lines', body, headers)).json()).toEqual({ characters: body.length });
    expect(await (await post('/lines', gzipSync(body), { ...headers, 'content-encoding': 'gzip' })).json()).toEqual({
      characters: body.length,
    });
  });

  it('that are no good get a problem document that says why', async () => {
    const cases: [string | Buffer, Record<string, string>, number, string][] = [
      ['{"a":', {}, 400, 'validation_failed'],
      ['['.repeat(5_000), {}, 400, 'validation_failed'],
      [Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), {}, 400, 'validation_failed'],
      [gzipSync('{"a":1}').subarray(0, 15), { 'content-encoding': 'gzip' }, 400, 'validation_failed'],
      ['{}', { 'content-encoding': 'zip' }, 415, 'unsupported_media_type'],
      ['a=1', { 'content-type': 'application/x-www-form-urlencoded' }, 415, 'unsupported_media_type'],
      [JSON.stringify('x'.repeat(2 * 1_048_576)), {}, 413, 'payload_too_large'],
      [gzipSync(JSON.stringify('x'.repeat(2 * 1_048_576))), { 'content-encoding': 'gzip' }, 413, 'payload_too_large'],
    ];
    for (const [body, headers, status, code] of cases) {
      expect(await problem(await post('/echo', body, headers))).toMatchObject({ status, code });
    }
  });

  it('of two mebibytes are read to their end, so that even a plain client sees the 413', async () => {
    const status = await new Promise((resolve, reject) => {
      const headers = { 'content-type': 'application/json' };
      const sent = httpRequest(`${origin}/echo`, { method: 'POST', headers }, (answer) =>
        resolve(answer.resume().statusCode),
      );
      sent.once('error', reject);
      sent.end(Buffer.alloc(2 * 1_048_576, 32));
    });
    expect(status).toBe(413);
  });
});

describe('a body that is refused before its end', () => {
  const lines = (bytes: number): Buffer => Buffer.alloc(bytes, 'line\n');
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  afterAll(() => agent.destroy());

  /** Sends a body, and what is done with the connection. */
  async function send(path: string, body: Buffer, headers: Record<string, string> = {}): Promise<unknown[]> {
    const ndjson = { 'content-type': 'application/x-ndjson', ...headers };
    const sent = httpRequest(origin + path, { method: 'POST', agent, headers: ndjson });
    sent.on('error', () => undefined).end(body);
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    answer.resume();
    await once(answer, 'end');
    return [answer.statusCode, answer.headers.connection];
  }

  it('is read away when little is left, and the connection goes on', async () => {
    expect(await send('/first-line', lines(5_000_000))).toEqual([400, 'keep-alive']);
    expect(await send('/first-line', gzipSync(lines(500_000)), { 'content-encoding': 'gzip' })).toEqual([
      400,
      'keep-alive',
    ]);
    expect(await send('/echo', lines(3_000_000), { 'content-type': 'text/plain' })).toEqual([415, 'keep-alive']);
    expect(await send('/lines', lines(10))).toEqual([201, 'keep-alive']);
  });

  it.each(['application/x-ndjson', 'application/json'])('closes the connection otherwise: %s', async (type) => {
    const { hostname, port } = new URL(origin);
    const socket = connect(Number(port), hostname);
    const path = type === 'application/json' ? '/echo' : '/first-line';
    socket.write(`POST ${path} HTTP/1.1\r\nhost: a\r\ncontent-type: ${type}\r\ncontent-length: 90000000\r\n\r\n`);
    const more = lines(1_000_000);
    const feed = (): void => {
      if (socket.writable) socket.write(more, () => setImmediate(feed));
    };
    const errors: unknown[] = [];
    socket.on('error', (error) => errors.push(error));
    feed();
    let answer = '';
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
    await new Promise((resolve) => socket.once('end', resolve));
    expect(errors).toEqual([]);
    socket.destroy();
    expect(answer.toLowerCase()).toMatch(/^http\/1.1 4(?:00|13) [^]*\r\nconnection: close\r\n/);
  });
});

describe('failures', () => {
  it('are problem documents, and a 5xx tells nothing of the inside', async () => {
    expect(await problem(await call('/conflict'))).toMatchObject({
      status: 409,
      code: 'conflict',
      detail: 'Both want it.',
    });
    const bug = await problem(await call('/bug'));
    expect(bug).toMatchObject({ status: 500, code: 'internal' });
    expect(JSON.stringify(bug)).not.toContain('secret');
  });

  it('include unknown and malformed addresses', async () => {
    expect(await problem(await call('/nowhere'))).toMatchObject({ status: 404, code: 'not_found' });
    expect(await problem(await call('/echo'))).toMatchObject({ status: 404 });
    expect(await problem(await call('/by/%zz'))).toMatchObject({ status: 400, code: 'validation_failed' });
    expect(await problem(await call(`/by/${'x'.repeat(2_000)}`))).toMatchObject({ status: 400 });
  });

  it('carry the trace id of the caller, or one of ours', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    expect((await problem(await call('/bug', { headers: { traceparent } }))).traceId).toBe(
      '0af7651916cd43dd8448eb211c80319c',
    );
    expect((await problem(await call('/bug'))).traceId).toMatch(/^[\da-f]{32}$/);
  });
});

describe('health and metrics', () => {
  it('ready names each check and is 503 while one fails', async () => {
    const checks = app.get(HealthChecks);
    checks.register('fine', () => Promise.resolve());
    expect((await call('/health/live')).status).toBe(200);
    expect(await (await call('/health/ready')).json()).toMatchObject({
      status: 'ready',
      checks: { fine: { status: 'up' } },
    });
    checks.register('broken', () => Promise.reject(new Error('no route')));
    const answer = await call('/health/ready');
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({
      status: 'unavailable',
      checks: { fine: { status: 'up' }, broken: { status: 'down', message: 'no route' } },
    });
    expect((await call('/health/live')).status).toBe(200);
  });

  it('metrics count requests by route, and addresses nobody knows as one', async () => {
    for (const path of ['/by/1', '/by/2', '/nowhere/1', '/nowhere/2']) await call(path);
    const exposed = await (await call('/metrics')).text();
    expect(exposed).toContain(
      'http_server_request_duration_seconds_count{method="GET",route="/by/:id",status="200"} 2',
    );
    expect(exposed).toContain(
      'http_server_request_duration_seconds_count{method="GET",route="unknown",status="404"} 2',
    );
    expect(exposed).toContain('process_cpu_seconds_total');
  });
});

describe('the end', () => {
  it('waits for what is being answered and then accepts nothing more', async () => {
    const answer = call('/slow');
    await new Promise((resolve) => setTimeout(resolve, 100));
    await app.close();
    expect(await (await answer).json()).toEqual({ done: true });
    await expect(call('/slow')).rejects.toThrow();
  });

  it('does not wait for connections that are idle', async () => {
    const socket = connect(Number(new URL(origin).port), '127.0.0.1');
    socket.on('error', () => undefined);
    await call('/health/live');
    const began = performance.now();
    await app.close();
    expect(performance.now() - began).toBeLessThan(4_000);
    socket.destroy();
  });
});

it('a port in use is one clear line, before and while listening', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const address = { host: '127.0.0.1', port: (other.address() as AddressInfo).port };
  const message = `Port ${address.port} on 127.0.0.1 is in use by another program. Stop it, or set PORT to another one.`;
  await expect(checkPort(address)).rejects.toThrow(message);
  const second = await createHttpApp(EchoModule, { logger: silent });
  await expect(listen(second, address)).rejects.toThrow(message);
  await second.close();
  await new Promise((resolve) => other.close(resolve));
  await expect(checkPort(address)).resolves.toBeUndefined();
});
