import { findDifferences } from './tolerance.js';
import { loadVectors } from './load-vectors.js';

/** Maps each `function` of a vector file to a call into the library; each entry names the shape of its own input. */
export type VectorAdapter = Readonly<Record<string, (input: never) => unknown>>;

/**
 * Runs every case of `stats/<name>.json` as one test through `adapter`, with the case's tolerance or the file's, and
 * prints passed and failed. A `function` the adapter does not know is a failure; only an absent file skips.
 */
export function describeVectors(name: string, adapter: VectorAdapter): void {
  const vectors = loadVectors(name);
  if (vectors === null) {
    // Vectors lie beside the repository: a clone without them has nothing to compare with.
    process.stdout.write(`vectors ${name}: not found (set ASSAY_VECTORS), skipped\n`);
    it.skip(`vectors ${name} are not here`, () => undefined);
    return;
  }
  describe(`vectors ${name}`, () => {
    let passed = 0;
    it.each(vectors.cases.map((vector) => [`${vector.id} ${vector.function}`, vector] as const))(
      '%s',
      (_title, vector) => {
        const call = adapter[vector.function];
        if (call === undefined) throw new Error(`no adapter for ${vector.function}`);
        const got = call(vector.input as never);
        expect(findDifferences(vector.expected, got, vector.tolerance ?? vectors.defaultTolerance)).toEqual([]);
        passed += 1;
      },
    );
    afterAll(() => {
      process.stdout.write(`vectors ${name}: ${passed} passed, ${vectors.cases.length - passed} failed\n`);
    });
  });
}
