import { AppError, defineRoute } from '@assay/contracts';
import { Body, Controller, HttpCode, Module, Param, Post } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { z } from 'zod';
import { createHttpApp } from '../bootstrap/create-http-app.js';
import { listen } from '../bootstrap/listen.js';
import { PlatformModule } from '../platform.module.js';
import { currentTrace } from '../tracing/trace-context.js';
import { installTracing, type RunningSpan, type SpanRequest } from '../tracing/tracing.js';
import { HotLane } from './hot-lane.js';
import type { HotAnswer, HotCall } from './hot-route.js';

const base = { method: 'POST', tag: 'Test', scope: 'none', access: 'public', success: { status: 200 } } as const;
const oneRoute = defineRoute({
  ...base,
  id: 'one',
  path: '/things/:key',
  summary: 'One',
  params: z.object({ key: z.string() }),
});
const allRoute = defineRoute({ ...base, id: 'all', path: '/things', summary: 'All' });

/** The ordinary way says so. */
@Controller()
class ThingsController {
  @Post('/things/:key')
  @HttpCode(200)
  one(@Param('key') key: string, @Body() body: unknown): unknown {
    return { way: 'ordinary', key, body };
  }

  @Post('/things')
  @HttpCode(200)
  all(@Body() body: unknown): unknown {
    return { way: 'ordinary', body };
  }
}

@Module({ imports: [PlatformModule], controllers: [ThingsController] })
class ThingsModule {}

type Line = Record<string, unknown>;
const lines: Line[] = [];
const logger = {
  log: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  debug: (line: Line) => void lines.push(line),
};

let app: NestFastifyApplication;
let lane: HotLane;
let origin: string;
/** What the lane does with the next calls. */
let work: (body: unknown, call: HotCall) => HotAnswer | Promise<HotAnswer>;
let isTaken: boolean;

const said = (fields: object): HotAnswer => ({ status: 200, text: JSON.stringify({ way: 'hot', ...fields }) });

beforeEach(async () => {
  app = await createHttpApp(ThingsModule, { logger });
  lane = app.get(HotLane);
  isTaken = true;
  work = (body, { param }) => said({ key: param, body });
  for (const route of [oneRoute, allRoute]) {
    lane.serve(route, (call) => (isTaken ? (body) => work(body, call) : undefined));
  }
  origin = await listen(app, { host: '127.0.0.1', port: 0 });
  lines.length = 0;
});
afterEach(() => app.close());

async function post(path: string, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) {
  const answer = await fetch(origin + path, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...headers },
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, body: (text === '' ? {} : JSON.parse(text)) as Line };
}

describe('the lane', () => {
  it('answers usual calls, with parameters, text of any language and a body in pieces', async () => {
    expect((await post('/things/a-b.c_d~1', '{"a":"ü€"}')).body).toEqual({
      way: 'hot',
      key: 'a-b.c_d~1',
      body: { a: 'ü€' },
    });
    expect((await post('/things', '{}')).body).toEqual({ way: 'hot', key: '', body: {} });
    const text = 'é'.repeat(30_000);
    const large = await post('/things', JSON.stringify({ text }));
    expect(large.body).toEqual({ way: 'hot', key: '', body: { text } });
    expect(large.headers.get('content-type')).toBe('application/json; charset=utf-8');
  });

  it('sends tags, and nothing but them with 304', async () => {
    work = () => ({ status: 304, text: '', etag: '"x"' });
    const { status, headers, body } = await post('/things', '{}');
    expect([status, headers.get('etag'), headers.get('content-type'), body]).toEqual([304, '"x"', null, {}]);
  });

  it.each<[string, string, string | Uint8Array<ArrayBuffer>, Record<string, string>]>([
    ['an encoded address', '/things/a%2Db', '{}', {}],
    ['another type', '/things/a', '{}', { 'content-type': 'application/merge-patch+json' }],
    ['another character set', '/things/a', '{}', { 'content-type': 'application/json; charset=latin1' }],
    ['a body over 64 KiB', '/things/a', JSON.stringify('x'.repeat(65_536)), {}],
    ['an empty body', '/things/a', '', {}],
  ])('leaves %s to the ordinary way', async (_, path, body, headers) => {
    expect((await post(path, body, headers)).body['way']).toBe('ordinary');
  });

  it('hands on what its handler does not take, fails at or cannot parse, with the body it has read', async () => {
    isTaken = false;
    expect((await post('/things/k', '{"a":1}')).body).toEqual({ way: 'ordinary', key: 'k', body: { a: 1 } });
    isTaken = true;
    work = () => {
      throw AppError.conflict('no');
    };
    expect((await post('/things/k', '{"a":1}')).body).toEqual({ way: 'ordinary', key: 'k', body: { a: 1 } });
    work = () => Promise.reject(new Error('later'));
    expect((await post('/things/k', '{"a":1}')).body).toEqual({ way: 'ordinary', key: 'k', body: { a: 1 } });
    expect(await post('/things/k', '{"a":')).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
    const notUtf8 = new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]);
    expect(await post('/things/k', notUtf8)).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
    expect((await fetch(`${origin}/things/k`)).status).toBe(404);
  });

  it('survives a client that goes away within its body', async () => {
    const socket = connect(Number(new URL(origin).port), '127.0.0.1');
    await once(socket, 'connect');
    const head = 'POST /things/k HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 50\r\n\r\n';
    socket.write(`${head}{"a":`);
    await new Promise((resolve) => setTimeout(resolve, 50));
    socket.destroy();
    expect((await post('/things/k', '{}')).status).toBe(200);
  });

  it('gives each of many calls at once its own answer, whoever goes away among them', async () => {
    const keys = Array.from({ length: 200 }, (_, index) => `k${index}`);
    const gone = keys.slice(0, 50).map(async (key) => {
      const socket = connect(Number(new URL(origin).port), '127.0.0.1').on('error', () => undefined);
      await once(socket, 'connect');
      socket.write(call(key), () => socket.resetAndDestroy());
    });
    const answers = await Promise.all(keys.map((key) => post(`/things/${key}`, `{"a":"${key}"}`)));
    await Promise.all(gone);
    expect(answers.map(({ body }) => body)).toEqual(keys.map((key) => ({ way: 'hot', key, body: { a: key } })));
  });

  it('answers calls that follow each other on one connection without waiting, in their order', async () => {
    work = (_, { param }) =>
      param === 'k0' ? new Promise((resolve) => setTimeout(resolve, 20, said({ key: param }))) : said({ key: param });
    const keys = Array.from({ length: 40 }, (_, index) => `k${index}`);
    const socket = connect(Number(new URL(origin).port), '127.0.0.1');
    socket.write(keys.map(call).join(''));
    let text = '';
    for await (const part of socket) {
      text += String(part);
      if (text.includes('"k39"}')) break;
    }
    expect(Array.from(text.matchAll(/"key":"(k\d+)"/g), ([, key]) => key)).toEqual(keys);
  });
});

/** A call of the lane as bytes on a connection. */
function call(key: string): string {
  return `POST /things/${key} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}`;
}

describe('what every request has', () => {
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

  it('the trace of the caller, else one of its own, known to the work', async () => {
    work = () => said({ ...currentTrace() });
    const given = await post('/things/k', '{}', { traceparent });
    expect(given.body).toMatchObject({ traceId: '0af7651916cd43dd8448eb211c80319c', traceparent });
    expect(given.headers.get('x-trace-id')).toBe('0af7651916cd43dd8448eb211c80319c');
    const own = await post('/things/k', '{}');
    expect(own.headers.get('x-trace-id')).toMatch(/^[\da-f]{32}$/);
    expect(own.body).toEqual({ way: 'hot', traceId: own.headers.get('x-trace-id') });
  });

  it('one span while somebody makes spans, whichever way it goes in the end', async () => {
    const spans: (SpanRequest & { status?: unknown; ended?: number })[] = [];
    const start = (asked: SpanRequest): RunningSpan => {
      const span: (typeof spans)[number] = { ...asked };
      spans.push(span);
      return {
        traceId: 'a'.repeat(32),
        traceparent,
        set: (attributes) => void (span.status = attributes['http.response.status_code']),
        end: () => void (span.ended = (span.ended ?? 0) + 1),
      };
    };
    installTracing({ start });
    try {
      const hot = await post('/things/k', '{}', { traceparent });
      expect(hot.body['way']).toBe('hot');
      const refused = await post('/things/k', '{"a":', { traceparent });
      for (const { headers } of [hot, refused]) expect(headers.get('x-trace-id')).toBe('a'.repeat(32));
      const attributes = { 'http.request.method': 'POST', 'http.route': '/things/:key' };
      const told = { name: 'POST /things/:key', kind: 'server', parent: traceparent, attributes, ended: 1 };
      expect(spans).toEqual([
        { ...told, status: 200 },
        { ...told, status: 400 },
      ]);
    } finally {
      installTracing(undefined);
    }
  });

  it('a duration by route and a line in the log', async () => {
    await post('/things/k', '{}');
    await post('/things/l', '{}');
    const told = await (await fetch(`${origin}/metrics`)).text();
    expect(told).toContain(
      'http_server_request_duration_seconds_count{method="POST",route="/things/:key",status="200"} 2\n',
    );
    expect(lines.filter(({ route }) => route === '/things/:key')).toEqual([
      expect.objectContaining({ method: 'POST', status: 200, traceId: expect.any(String) as string }),
      expect.objectContaining({ method: 'POST', status: 200 }),
    ]);
  });

  it('counts against the limit once, whichever way it goes in the end', async () => {
    let left = 2;
    lane.limitBy({
      take: () => (left === 0 ? undefined : ['x-left', String((left -= 1))]),
      giveBack: () => void (left += 1),
    });
    expect((await post('/things/k', '{}')).headers.get('x-left')).toBe('1');
    expect((await post('/things/k', '{"a":')).status).toBe(400);
    expect(left).toBe(1);
    expect((await post('/things/k', '{}')).headers.get('x-left')).toBe('0');
    expect((await post('/things/k', '{}')).body['way']).toBe('ordinary');
    expect(left).toBe(0);
  });

  it('what pages of other origins are told', async () => {
    lane.answerOrigins(({ id }, from) => ['access-control-allow-origin', `${from} ${id}`]);
    const headers = { 'content-type': 'application/json', origin: 'https://shop.example' };
    // `fetch` does not let a script say where it is from.
    const sent = request(`${origin}/things/k`, { method: 'POST', headers }).end('{}');
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    answer.resume();
    expect(answer.headers['access-control-allow-origin']).toBe('https://shop.example one');
    expect((await post('/things/k', '{}')).headers.get('access-control-allow-origin')).toBeNull();
  });

  it('is answered to its end when the process stops meanwhile, and asked to connect anew', async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    work = () => held.then(() => said({}));
    const answer = post('/things/k', '{}');
    await new Promise((resolve) => setTimeout(resolve, 50));
    const closed = app.close();
    await new Promise((resolve) => setTimeout(resolve, 50));
    release();
    expect(await answer).toMatchObject({ status: 200, body: { way: 'hot' } });
    expect((await answer).headers.get('connection')).toBe('close');
    await closed;
  });
});
