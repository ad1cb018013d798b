import { AppError } from '@assay/contracts';
import { Logger, type ArgumentsHost } from '@nestjs/common';
import { OfrepFilter } from './ofrep.filter.js';

interface Sent {
  status?: number;
  body?: unknown;
  headers: Record<string, string>;
}

/** What is answered when a call to `url` fails with `error`. */
function answer(url: string, error: unknown): Sent {
  const sent: Sent = { headers: {} };
  const reply = {
    sent: false,
    status(status: number) {
      sent.status = status;
      return this;
    },
    header(name: string, value: string) {
      sent.headers[name] = value;
      return this;
    },
    send(body: unknown) {
      sent.body = body;
      return this;
    },
  };
  const request = { url, id: 'trace', params: { key: 'cta' } };
  const http = { getRequest: () => request, getResponse: () => reply };
  new OfrepFilter().catch(error, { switchToHttp: () => http } as unknown as ArgumentsHost);
  return sent;
}

const URL = '/ofrep/v1/evaluate/flags/cta';

beforeAll(() => {
  Logger.overrideLogger(false);
});
afterAll(() => {
  Logger.overrideLogger(['error', 'warn']);
});

it('answers failures of ours as OFREP wants them, without internals', () => {
  const away = answer(URL, AppError.unavailable('The database is away.', 3));
  expect(away).toMatchObject({ status: 503, body: { errorDetails: 'The database is away.' } });
  expect(away.headers).toEqual({ 'retry-after': '3', 'content-type': 'application/json' });
  const broken = answer(URL, new Error('password of the database'));
  expect(broken.status).toBe(500);
  expect(Object.keys(broken.body as object)).toEqual(['errorDetails']);
  expect(JSON.stringify(broken.body)).not.toContain('password');
});

it('names the key where the request is wrong', () => {
  expect(answer(URL, AppError.field('', 'is not JSON'))).toMatchObject({
    status: 400,
    body: { key: 'cta', errorCode: 'PARSE_ERROR' },
  });
});

it.each([
  ['nobody', URL, AppError.unauthenticated(), 401],
  ['somebody who may not', URL, AppError.forbidden('no'), 403],
  ['another call', '/api/v1/flags', AppError.field('name', 'is missing'), 400],
])('leaves %s to the problem document', (_, url, error, status) => {
  const sent = answer(url, error);
  expect(sent.status).toBe(status);
  expect(sent.headers['content-type']).toBe('application/problem+json');
});
