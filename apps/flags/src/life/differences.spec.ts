import fc from 'fast-check';
import { differences } from './differences.js';

describe('differences', () => {
  it('names what was changed, added and taken away', () => {
    const from = { a: 1, b: { c: [1, 2], d: 'x' }, gone: true };
    const to = { a: 1, b: { c: [1, 3], d: 'x' }, fresh: null };
    expect(differences(from, to)).toEqual([
      { path: 'b.c[1]', from: 2, to: 3 },
      { path: 'fresh', to: null },
      { path: 'gone', from: true },
    ]);
    expect(differences({ list: [1] }, { list: [1, 2] })).toEqual([{ path: 'list', from: [1], to: [1, 2] }]);
  });

  it('finds none between equal values, and the reverse of those the other way round', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        expect(differences(a, structuredClone(a))).toEqual([]);
        const turned = differences(b, a).map(({ path, ...sides }) => ({
          path,
          ...('to' in sides ? { from: sides.to } : {}),
          ...('from' in sides ? { to: sides.from } : {}),
        }));
        expect(turned).toEqual(differences(a, b));
      }),
    );
  });
});
