import fc from 'fast-check';
import { idempotentRequest, type RequestParts } from './idempotent-request.js';

const parts: RequestParts = {
  actor: { kind: 'user', id: 'u1' },
  projectId: 'p1',
  method: 'POST',
  url: '/api/v1/things?project=a',
  body: { name: 'x' },
};
const hash = (change: Partial<RequestParts>): string => idempotentRequest('k', { ...parts, ...change }).hash;

describe('idempotentRequest', () => {
  it('is the same for the same request, and another for any other', () => {
    expect(hash({})).toBe(hash({ body: { name: 'x' } }));
    const others = [
      hash({}),
      hash({ method: 'PUT' }),
      hash({ url: '/api/v1/things?project=b' }),
      hash({ body: { name: 'y' } }),
      hash({ body: undefined }),
    ];
    expect(new Set(others).size).toBe(others.length);
  });

  it('makes nothing of what it is told to leave out', () => {
    const secret = (password: string, name = 'x') => hash({ body: { name, password }, without: ['password'] });
    expect(secret('one')).toBe(secret('other'));
    expect(secret('one')).not.toBe(secret('one', 'y'));
  });

  it('keeps actors and projects apart', () => {
    const scope = (change: Partial<RequestParts>): string => idempotentRequest('k', { ...parts, ...change }).scope;
    const scopes = [
      scope({}),
      scope({ projectId: 'p2' }),
      scope({ actor: { kind: 'user', id: 'u2' } }),
      scope({ actor: { kind: 'server', id: 'u1' } }),
    ];
    expect(new Set(scopes).size).toBe(4);
  });

  it('leaves the query out of the path', () => {
    expect(idempotentRequest('k', parts).path).toBe('/api/v1/things');
  });

  it.each(['', ' ', 'a b', 'é', 'a\u0000', 'k'.repeat(256)])('refuses the key %j', (key) => {
    expect(() => idempotentRequest(key, parts)).toThrow(
      expect.objectContaining({ code: 'validation_failed' }) as Error,
    );
  });

  it('refuses a body that is nested without end', () => {
    const body = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000)) as unknown;
    expect(() => hash({ body })).toThrow(expect.objectContaining({ code: 'validation_failed' }) as Error);
  });

  it('never takes two bodies for one', () => {
    fc.assert(
      fc.property(fc.json(), fc.json(), (a, b) => {
        const [one, other] = [JSON.parse(a) as unknown, JSON.parse(b) as unknown];
        expect(hash({ body: one }) === hash({ body: other })).toBe(JSON.stringify(one) === JSON.stringify(other));
      }),
      { numRuns: 100 },
    );
  });
});
