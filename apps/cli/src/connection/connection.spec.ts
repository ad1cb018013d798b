import { explain } from './api-client.js';
import { chooseConnection, origin, type Known } from './choose-connection.js';
import { isTemporary, pauseBefore } from './retry.js';

const known: Known = {
  environment: {},
  local: { url: 'http://localhost:8080', key: 'local-key' },
  login: { current: 'https://assay.example', servers: { 'https://assay.example': { key: 'login-key' } } },
};

describe('which server, and as whom', () => {
  it('options win over the environment, that over files, and what is nearest over what is further', () => {
    expect(chooseConnection({}, known)).toMatchObject({ url: 'http://localhost:8080', token: 'local-key' });
    expect(chooseConnection({}, { ...known, local: undefined })).toMatchObject({
      url: 'https://assay.example',
      token: 'login-key',
    });
    expect(
      chooseConnection({}, { ...known, environment: { ASSAY_URL: 'https://assay.example/', ASSAY_API_KEY: 'k' } }),
    ).toMatchObject({ url: 'https://assay.example', token: 'k' });
    expect(
      chooseConnection(
        { url: 'http://other:1', token: 't' },
        { ...known, environment: { ASSAY_TOKEN: 'e', ASSAY_URL: 'http://x' } },
      ),
    ).toMatchObject({ url: 'http://other:1', token: 't' });
    expect(chooseConnection({}, { environment: {}, local: undefined, login: { servers: {} } })).toMatchObject({
      url: 'http://localhost:8080',
      token: undefined,
    });
  });

  it('a key is never sent to a server it was not made for', () => {
    expect(chooseConnection({ url: 'http://other:1' }, known).token).toBeUndefined();
    expect(chooseConnection({ url: 'https://assay.example' }, known).token).toBe('login-key');
    expect(chooseConnection({ url: 'http://localhost:9090' }, known).token).toBeUndefined();
  });

  it('empty variables count as absent', () => {
    expect(
      chooseConnection({}, { ...known, environment: { ASSAY_URL: '', ASSAY_TOKEN: '', ASSAY_API_KEY: '' } }).token,
    ).toBe('local-key');
  });

  it('an address has to be one', () => {
    expect(origin('http://localhost:8080/api/docs')).toBe('http://localhost:8080');
    for (const text of ['localhost:8080', 'ftp://x', ''])
      expect(() => origin(text)).toThrow('is no address of a server');
  });
});

describe('a refused call', () => {
  it('is told in the words of the server, with each field', () => {
    const body = JSON.stringify({
      code: 'validation_failed',
      detail: 'a: bad (and 1 more)',
      errors: [
        { path: 'a', message: 'bad' },
        { path: 'b', message: 'worse' },
      ],
    });
    expect(explain(400, body, { url: 'http://x', token: 't' }).message).toBe(
      'a: bad (and 1 more)\n  - a: bad\n  - b: worse',
    );
    expect(explain(502, '<html>', { url: 'http://x', token: 't' }).message).toBe('The server answered 502.');
  });

  it('for want of a key says how to get one', () => {
    expect(explain(401, '', { url: 'http://x', token: undefined }).message).toBe(
      "http://x wants to know who you are. Log in with 'assay login', or set ASSAY_API_KEY.",
    );
    expect(explain(401, '', { url: 'http://x', token: 't' }).message).toContain('does not accept the key');
  });
});

describe('trying again', () => {
  const attempt = (status?: number, retryAfter?: number) => ({ status, retryAfter });

  it('makes sense for a lost connection and a busy server, not for a refusal', () => {
    expect([undefined, 429, 502, 503, 504].every((status) => isTemporary(attempt(status)))).toBe(true);
    expect([400, 401, 403, 404, 409, 413, 500].some((status) => isTemporary(attempt(status)))).toBe(false);
  });

  it('waits longer each time, up to five seconds, and as long as the server asks', () => {
    expect([1, 2, 3, 4, 5, 6, 20].map((failures) => pauseBefore(failures, attempt(503), 0))).toEqual([
      200, 400, 800, 1_600, 3_200, 5_000, 5_000,
    ]);
    expect(pauseBefore(1, attempt(503), 0.999)).toBeGreaterThan(149);
    expect(pauseBefore(1, attempt(429, 17), 0.5)).toBe(17_000);
  });
});
