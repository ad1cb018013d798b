import { AppError, defineRoute, SYSTEM_ACTOR } from '@assay/contracts';
import { migrate } from '@assay/models';
import { type CanActivate, Controller, type ExecutionContext, Global, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import pg from 'pg';
import { z } from 'zod';
import { createHttpApp } from '../bootstrap/create-http-app.js';
import { listen } from '../bootstrap/listen.js';
import { Clock } from '../clock/clock.js';
import { POOL } from '../database/database-settings.js';
import { EmbeddedPostgres } from '../embedded-postgres/embedded-postgres.js';
import type { AssayRequest, Call } from '../http/call.js';
import { Endpoint } from '../http/endpoint.decorator.js';
import { Input } from '../http/input.decorator.js';
import { JsonLogger } from '../logging/json-logger.js';
import { PlatformModule } from '../platform.module.js';
import { IdempotencyModule } from './idempotency.module.js';

const base = {
  method: 'POST',
  tag: 'Test',
  summary: 'Make a thing',
  access: 'public',
  scope: 'none',
  body: z.strictObject({ name: z.string(), fail: z.boolean().default(false) }),
  success: { status: 201 },
} as const;
const makeThing = defineRoute({ ...base, id: 'makeThing', path: '/things', idempotent: true });
const makeSecret = defineRoute({
  ...base,
  id: 'makeSecret',
  path: '/secrets',
  idempotent: { shownOnce: 'secret' },
});
const makeMember = defineRoute({
  ...base,
  id: 'makeMember',
  path: '/members',
  body: z.strictObject({ name: z.string(), password: z.string() }),
  idempotent: { without: ['password'] },
});
const makeBatch = defineRoute({ ...base, id: 'makeBatch', path: '/batches', idempotent: 'by-handler' });
const makeOther = defineRoute({ ...base, id: 'makeOther', path: '/others' });

let made = 0;
let gate: Promise<void> = Promise.resolve();
let now = new Date('2026-11-22T12:00:00Z');

@Controller()
class ThingsController {
  @Endpoint(makeThing)
  async thing(@Input() { body }: Call<typeof makeThing>) {
    await gate;
    if (body.fail) throw AppError.conflict('No such luck.');
    made += 1;
    return { name: body.name, number: made, version: 3 };
  }

  @Endpoint(makeSecret)
  secret() {
    made += 1;
    return { id: `id-${made}`, secret: 'very secret' };
  }

  @Endpoint(makeMember)
  member(@Input() { body }: Call<typeof makeMember>) {
    made += 1;
    return { name: body.name, number: made };
  }

  @Endpoint(makeBatch)
  batch(@Input() { idempotencyKey }: Call<typeof makeBatch>) {
    made += 1;
    return { idempotencyKey: idempotencyKey ?? null };
  }

  @Endpoint(makeOther)
  other(@Input() { body }: Call<typeof makeOther>) {
    made += 1;
    return { name: body.name, number: made };
  }
}

class SetClock extends Clock {
  now(): Date {
    return now;
  }
}

class TestGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<AssayRequest>();
    const scope = {
      projectId: String(request.headers['x-project'] ?? 'p'),
      projectKey: 'p',
      environmentId: 'e',
      environmentKey: 'e',
    };
    request.assay = { actor: SYSTEM_ACTOR, scope };
    return true;
  }
}

let pool: pg.Pool;

@Global()
@Module({ providers: [{ provide: POOL, useFactory: () => pool }], exports: [POOL] })
class PoolModule {}

@Module({
  imports: [
    { module: PlatformModule, providers: [{ provide: Clock, useClass: SetClock }] },
    PoolModule,
    IdempotencyModule,
  ],
  controllers: [ThingsController],
  providers: [{ provide: APP_GUARD, useClass: TestGuard }],
})
class TestModule {}

describe('Idempotency-Key', () => {
  let folder: string;
  let database: EmbeddedPostgres;
  let app: NestFastifyApplication;
  let origin: string;

  beforeAll(async () => {
    // @assay/testing builds on this lib, so the server comes from here.
    folder = mkdtempSync('/var/tmp/assay-test-');
    chmodSync(folder, 0o755);
    database = await EmbeddedPostgres.start({ dataDir: folder });
    await migrate(database.url);
    pool = new pg.Pool({ connectionString: database.url });
    // As in the product: the server, stopped right after the pool, may be quicker to close a connection.
    pool.on('connect', (client) => client.on('error', () => undefined));
    pool.on('error', () => undefined);
    app = await createHttpApp(TestModule, { logger: new JsonLogger({ service: 'test', level: 'fatal' }) });
    origin = await listen(app, { host: '127.0.0.1', port: 0 });
  });

  afterAll(async () => {
    await app.close();
    await pool.end();
    await database.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  beforeEach(() => {
    gate = Promise.resolve();
  });

  async function post(path: string, body: object, headers: Record<string, string> = {}) {
    const response = await fetch(`${origin}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    return {
      status: response.status,
      headers: response.headers,
      body: (await response.json()) as Record<string, unknown>,
    };
  }

  const withKey = (key: string, more: Record<string, string> = {}) => ({ 'idempotency-key': key, ...more });

  it('has one effect and one answer for the same request under the same key', async () => {
    const first = await post('/things', { name: 'a' }, withKey('once'));
    const count = made;
    const second = await post('/things', { name: 'a' }, withKey('once'));
    expect([first.status, second.status, made]).toEqual([201, 201, count]);
    expect(second.body).toEqual(first.body);
    expect([first.headers.get('idempotency-replayed'), second.headers.get('idempotency-replayed')]).toEqual([
      null,
      'true',
    ]);
    expect([first.headers.get('etag'), second.headers.get('etag')]).toEqual(['"3"', '"3"']);
  });

  it('executes every time without a key, on routes that do not declare it, and in another project', async () => {
    const before = made;
    await post('/things', { name: 'a' });
    await post('/things', { name: 'a' });
    await post('/others', { name: 'a' }, withKey('others'));
    await post('/others', { name: 'a' }, withKey('others'));
    await post('/things', { name: 'a' }, withKey('once', { 'x-project': 'q' }));
    expect(made - before).toBe(5);
  });

  it('refuses the key for another request', async () => {
    await post('/things', { name: 'a' }, withKey('taken'));
    const other = await post('/things', { name: 'b' }, withKey('taken'));
    expect([other.status, other.body['code']]).toEqual([409, 'idempotency_conflict']);
    const query = await post('/things?x=1', { name: 'a' }, withKey('taken'));
    expect([query.status, query.body['code']]).toEqual([409, 'idempotency_conflict']);
  });

  it('keeps no failure: what was refused can be repeated', async () => {
    const bad = await post('/things', { nome: 'a' }, withKey('failing'));
    expect([bad.status, bad.body['code']]).toEqual([400, 'validation_failed']);
    const unlucky = await post('/things', { name: 'a', fail: true }, withKey('failing'));
    expect(unlucky.status).toBe(409);
    const good = await post('/things', { name: 'a' }, withKey('failing'));
    expect([good.status, good.headers.get('idempotency-replayed')]).toEqual([201, null]);
  });

  it('executes one of many that come at once; the others are told to come again', async () => {
    let open: () => void = () => undefined;
    gate = new Promise((resolve) => (open = resolve));
    const before = made;
    const calls = Array.from({ length: 8 }, () => post('/things', { name: 'rush' }, withKey('rush')));
    await new Promise((resolve) => setTimeout(resolve, 300));
    open();
    const answers = await Promise.all(calls);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array<number>(7).fill(409)]);
    expect(made - before).toBe(1);
    const refused = answers.find(({ status }) => status === 409);
    expect([refused?.body['code'], refused?.headers.get('retry-after')]).toEqual(['idempotency_in_progress', '1']);
  });

  it('forgets after 24 hours, and takes over from a process that died after a minute', async () => {
    await post('/things', { name: 'a' }, withKey('day'));
    const before = made;
    now = new Date(now.getTime() + 23 * 3_600_000);
    await post('/things', { name: 'a' }, withKey('day'));
    expect(made).toBe(before);
    now = new Date(now.getTime() + 3_600_000);
    await post('/things', { name: 'b' }, withKey('day'));
    expect(made).toBe(before + 1);

    await pool.query(`update experimentation.idempotency_keys set status = null where key = 'day'`);
    now = new Date(now.getTime() + 59_000);
    expect((await post('/things', { name: 'b' }, withKey('day'))).status).toBe(409);
    now = new Date(now.getTime() + 1_000);
    expect((await post('/things', { name: 'b' }, withKey('day'))).status).toBe(201);
    expect(made).toBe(before + 2);
  });

  it('shows a secret once: the same request again is told where it stands', async () => {
    const first = await post('/secrets', { name: 'a' }, withKey('secret'));
    const count = made;
    const again = await post('/secrets', { name: 'a' }, withKey('secret'));
    expect([first.status, first.body['secret'], again.status, again.body['code'], made]).toEqual([
      201,
      'very secret',
      409,
      'shown_once',
      count,
    ]);
    expect(again.body['detail']).toContain(String(first.body['id']));
    const other = await post('/secrets', { name: 'b' }, withKey('secret'));
    expect(other.body['code']).toBe('idempotency_conflict');
    const { rows } = await pool.query(
      `select response::text from experimentation.idempotency_keys where key = 'secret'`,
    );
    expect(JSON.stringify(rows)).not.toContain('very secret');
  });

  it('goes by what is no secret of a request', async () => {
    const body = { name: 'ada', password: 'one' };
    const first = await post('/members', body, withKey('member'));
    const again = await post('/members', { ...body, password: 'two' }, withKey('member'));
    expect([again.status, again.body]).toEqual([201, first.body]);
    const other = await post('/members', { ...body, name: 'eve' }, withKey('member'));
    expect(other.body['code']).toBe('idempotency_conflict');
  });

  it('reaches the handler that sees to it itself', async () => {
    const answers = [await post('/batches', { name: 'a' }, withKey('own')), await post('/batches', { name: 'a' })];
    expect(answers.map(({ body }) => body['idempotencyKey'])).toEqual(['own', null]);
    expect((await post('/batches', { name: 'a' }, withKey('a b'))).status).toBe(400);
  });

  it('refuses a key that is no plain text', async () => {
    const answer = await post('/things', { name: 'a' }, withKey('a b'));
    expect([answer.status, answer.body['errors']]).toMatchObject([400, [{ path: 'Idempotency-Key' }]]);
  });
});
