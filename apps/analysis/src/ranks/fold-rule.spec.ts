import fc from 'fast-check';
import { FOLD_RULE, rowsToFold, type StoredSize } from './fold-rule.js';

describe('rows of changes', () => {
  it('are few, and each change is written a few times only, however much is stored', () => {
    const sizes = fc.array(fc.integer({ min: 40, max: 4_000 }), { minLength: 300, maxLength: 600 });
    fc.assert(
      fc.property(sizes, fc.constantFrom(1e3, 1e5, 1e7, 1e9), (batches, base) => {
        let stored: StoredSize[] = [{ id: 'base', bytes: base }];
        let written = 0;
        let brought = 0;
        batches.forEach((bytes, index) => {
          const folded = new Set(rowsToFold(stored, bytes, FOLD_RULE));
          const sum = stored.reduce((total, row) => (folded.has(row.id) ? total + row.bytes : total), bytes);
          stored = [...stored.filter(({ id }) => !folded.has(id)), { id: `row ${index}`, bytes: sum }];
          written += sum;
          brought += bytes;
          expect(stored.length).toBeLessThanOrEqual(32);
        });
        const isUntouched = base * FOLD_RULE.share > brought;
        expect(written).toBeLessThan(12 * (isUntouched ? brought : brought + base));
      }),
      { numRuns: 40 },
    );
  });

  it('are one as soon as they outgrow the largest', () => {
    const large = { id: 'large', bytes: 100 };
    expect(rowsToFold([large, { id: 'small', bytes: 20 }], 10, FOLD_RULE)).toEqual(['small', 'large']);
    expect(rowsToFold([large, { id: 'small', bytes: 10 }], 10, FOLD_RULE)).toEqual([]);
    expect(rowsToFold([], 10, FOLD_RULE)).toEqual([]);
  });
});
