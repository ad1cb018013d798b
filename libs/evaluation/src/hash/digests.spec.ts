import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { hexOfWords } from './digest-blocks.js';
import { md5 } from './md5.js';
import { sha1 } from './sha1.js';
import { sha256 } from './sha256.js';
import { utf8 } from './utf8.js';

const DIGESTS = { md5, sha1, sha256 } as const;
const names = Object.keys(DIGESTS) as (keyof typeof DIGESTS)[];

describe.each(names)('%s', (name) => {
  const digest = DIGESTS[name];
  const expected = (bytes: Uint8Array | string): string => createHash(name).update(bytes).digest('hex');

  it('equals the system digest of any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        expect(hexOfWords(digest(text))).toBe(expected(text));
      }),
    );
  });

  it('equals the system digest around every block boundary', () => {
    for (let length = 0; length <= 200; length++) {
      const bytes = Uint8Array.from({ length }, (_, index) => (index * 37 + length) % 256);
      expect(hexOfWords(digest(bytes))).toBe(expected(bytes));
    }
  });
});

describe('utf8', () => {
  it('encodes any text as the system does, lone surrogates as U+FFFD', () => {
    const encoder = new TextEncoder();
    fc.assert(
      fc.property(
        fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)) }),
        (text) => {
          expect([...utf8(text)]).toEqual([...encoder.encode(text)]);
        },
      ),
    );
    expect([...utf8('\ud83d')]).toEqual([0xef, 0xbf, 0xbd]);
    expect([...utf8('\ude00\ud83d😀')]).toEqual([...encoder.encode('\ude00\ud83d😀')]);
  });
});
