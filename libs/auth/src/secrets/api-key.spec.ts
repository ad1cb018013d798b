import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { looksLikeApiKey, newApiKey } from './api-key.js';

const KINDS = ['server', 'client', 'personal'] as const;

describe('newApiKey', () => {
  it('has the prefix of its kind and is recognised as a key, whatever the random bytes are', () => {
    fc.assert(
      fc.property(fc.constantFrom(...KINDS), fc.uint8Array({ minLength: 32, maxLength: 32 }), (kind, random) => {
        const { key, prefix, hash } = newApiKey(kind, random);
        expect(looksLikeApiKey(key)).toBe(true);
        expect(key.startsWith(prefix)).toBe(true);
        expect(key.length - prefix.length).toBeGreaterThanOrEqual(39);
        expect(hash).toBe(createHash('sha256').update(key).digest('hex'));
      }),
    );
  });

  it('gives different keys for different bytes', () => {
    const ones = newApiKey('server', new Uint8Array(32).fill(1)).key;
    const last = new Uint8Array(32).fill(1);
    last[31] = 2;
    expect(newApiKey('server', last).key).not.toBe(ones);
    expect(newApiKey('server', new Uint8Array(32).fill(255)).key).toHaveLength('assay_sk_'.length + 43);
  });

  it('refuses too little randomness', () => {
    expect(() => newApiKey('server', new Uint8Array(16))).toThrow(RangeError);
  });
});
