import fc from 'fast-check';
import { Fingerprint } from './fingerprint.js';

type Step = readonly [id: string, version: number | null];
const steps = fc.array(
  fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.option(fc.integer({ min: 1, max: 5 }))) as fc.Arbitrary<Step>,
);

function after(all: readonly Step[]): Fingerprint {
  const print = new Fingerprint();
  for (const [id, version] of all) print.set(id, version);
  return print;
}

describe('Fingerprint', () => {
  it('depends on what is there at the end, not on the way there', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const last = new Map(all);
        const held = [...last].filter(([, version]) => version !== null).reverse();
        expect(after(all).text).toBe(after(held).text);
      }),
    );
  });

  it('is another one for another version, and for another set', () => {
    const a: Step = ['a', 1];
    const b: Step = ['b', 1];
    const texts = [[], [a], [['a', 2] as Step], [b], [a, b]].map((all) => after(all).text);
    expect(new Set(texts).size).toBe(texts.length);
    expect(texts.every((text) => /^[0-9a-z]{14,}$/.test(text))).toBe(true);
  });
});
