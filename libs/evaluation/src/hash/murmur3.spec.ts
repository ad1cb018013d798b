import fc from 'fast-check';
import { slowMurmur3 } from '../../reference/positions.js';
import { murmur3Finish, murmur3State, murmur3x86_32 } from './murmur3.js';
import { utf8 } from './utf8.js';

const text = fc.string({ unit: 'binary', maxLength: 30 });

describe('murmur3x86_32', () => {
  it('hashes a string as its UTF-8 bytes, under any seed', () => {
    fc.assert(
      fc.property(text, fc.nat(), (input, seed) => {
        const hash = murmur3x86_32(input, seed);
        expect(hash).toBe(murmur3x86_32(utf8(input), seed));
        expect(hash).toBe(Number(slowMurmur3(input, seed)));
      }),
    );
  });

  it('hashes a unit after a salt as the joined text, wherever blocks and characters are cut', () => {
    fc.assert(
      fc.property(text, text, (salt, unit) => {
        // A surrogate pair split between salt and unit is two broken characters, not one.
        fc.pre(!/[\ud800-\udbff]$/.test(salt) || !/^[\udc00-\udfff]/.test(unit));
        expect(murmur3Finish(murmur3State(salt, 7), unit)).toBe(murmur3x86_32(salt + unit, 7));
      }),
    );
  });

  it('is not the hash of latin1 bytes or code units', () => {
    expect(murmur3x86_32('exp-1:é-user')).toBe(2117319026);
    expect(murmur3x86_32('exp-1:é-user')).not.toBe(
      murmur3x86_32(Uint8Array.from(Buffer.from('exp-1:é-user', 'latin1'))),
    );
    expect(murmur3x86_32('exp-1:用户')).toBe(2699678177);
    expect(murmur3x86_32('exp-1:😀')).toBe(3569664094);
  });
});
