import type { User } from '@assay/contracts';
import fc from 'fast-check';
import { mergePatch } from './merge-patch.js';

type Json = User['preferences'][string];

describe('mergePatch', () => {
  // The examples of RFC 7396, appendix A, whose target and patch are objects.
  it.each([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ] as Record<string, Json>[][])('%j patched with %j is %j', (target = {}, patch = {}, result) => {
    expect(mergePatch(target, patch)).toEqual(result);
  });

  const objects = fc.dictionary(fc.string(), fc.jsonValue()) as fc.Arbitrary<Record<string, Json>>;

  it('does the same when it is done twice, and leaves its inputs alone', () => {
    fc.assert(
      fc.property(objects, objects, (target, patch) => {
        const before = JSON.stringify([target, patch]);
        const once = mergePatch(target, patch);
        expect(mergePatch(once, patch)).toEqual(once);
        expect(JSON.stringify([target, patch])).toBe(before);
      }),
    );
  });

  it('makes nothing of a key that objects inherit', () => {
    const patch = JSON.parse('{"__proto__": {"polluted": true}}') as Record<string, Json>;
    mergePatch({}, patch);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });
});
