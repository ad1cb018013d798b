import { createSecretKey } from 'node:crypto';
import { keyHashOf, streamToken } from './stream-token.js';

const secret = (text: string) => createSecretKey(Buffer.from(text.padEnd(32, '.')));
const HASH = 'ab'.repeat(32);

describe('streamToken', () => {
  it('gives back the hash of its key, also while the secret is being changed', () => {
    const token = streamToken(HASH, secret('old'));
    expect(keyHashOf(token, [secret('new'), secret('old')])).toBe(HASH);
    expect(token).toMatch(/^[\w.-]+$/);
  });

  it.each([
    ['the hash alone', HASH],
    ['another secret', streamToken(HASH, secret('other'))],
    ['another key', streamToken(HASH, secret('old')).replace(/^ab/, 'cd')],
    ['a cut signature', streamToken(HASH, secret('old')).slice(0, -4)],
    ['nonsense', '....'],
    ['nothing', ''],
  ])('refuses %s', (_, token) => {
    expect(keyHashOf(token, [secret('old')])).toBeUndefined();
  });
});
