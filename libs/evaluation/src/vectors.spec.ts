import { isDeepStrictEqual } from 'node:util';
import {
  ruleFile,
  vectorFiles,
  VECTORS,
  vectorText,
  type ConditionCase,
  type ExpectedExposure,
  type FlagCase,
} from '../reference/vectors.js';
import { applyStickyWrites, bucketOf, compileDefinitions, hashFraction, murmur3x86_32, nativeBucket } from './index.js';
import type { CompiledDefinitions, Context, EvaluationOptions, EvaluationResult, HashProfile, Json } from './index.js';

/** Published positions are decimal texts of doubles; the last bit may depend on how the fraction was divided. */
const SAME_POSITION = 1e-12;

/** The suites give the unit as it stood in the context; 123 and "123" are one unit. */
function unitText(unit: Json): string | null {
  return unit === null || typeof unit === 'string' ? unit : JSON.stringify(unit);
}

function sameExposures(actual: EvaluationResult['exposures'], expected: readonly ExpectedExposure[]): boolean {
  if (actual.length !== expected.length) return false;
  return expected.every((wanted, index) => {
    const { bucket, unit, ...fields } = wanted;
    const seen = actual[index];
    if (seen === undefined) return false;
    if (unit !== undefined && seen.unit !== unitText(unit)) return false;
    if (bucket !== undefined && !(Math.abs((seen.fraction ?? NaN) - bucket) < SAME_POSITION)) return false;
    return Object.entries(fields).every(([name, value]) => seen[name as keyof typeof seen] === value);
  });
}

function flagPasses(definitions: CompiledDefinitions, { key, context, options = {}, expected }: FlagCase): boolean {
  const result = definitions.evaluate(key, context, withMoment(context, options));
  const after = applyStickyWrites(options.sticky ?? {}, result.stickyWrites);
  // A suite that knows nothing of a field leaves it out; an error it leaves out is one it does not expect.
  return (
    (['value', 'variant', 'on', 'prerequisite'] as const).every(
      (field) => expected[field] === undefined || isDeepStrictEqual(result[field], expected[field]),
    ) &&
    result.error === expected.error &&
    (expected.exposures === undefined || sameExposures(result.exposures, expected.exposures)) &&
    (expected.stickyAfter === undefined || isDeepStrictEqual(after, expected.stickyAfter))
  );
}

function conditionPasses(
  definitions: CompiledDefinitions,
  { cond, context, options = {}, expected }: ConditionCase,
): boolean {
  return definitions.matches(cond, context, withMoment(context, options)) === expected;
}

/** The engine has no clock: who evaluates gives it one, unless the case has a moment of its own. */
function withMoment(context: Context, options: NonNullable<FlagCase['options']>): EvaluationOptions {
  const hasMoment = options.now !== undefined || (context.$now ?? null) !== null;
  return hasMoment ? options : { ...options, now: Date.now() };
}

/** Prints the count, and fails with the first few cases that did not pass. */
function report(file: string, total: number, failures: readonly unknown[]): void {
  process.stdout.write(`${file}: ${total - failures.length} passed, ${failures.length} failed\n`);
  expect(failures.slice(0, 5)).toEqual([]);
  expect(total).toBeGreaterThan(0);
}

interface HashCase {
  readonly profile?: HashProfile;
  readonly salt: string;
  readonly unit: string;
  readonly mod?: number;
  /** The integer before it is scaled; of other profiles it is part of the fraction only. */
  readonly hash?: number;
  readonly bucket?: number;
  readonly fraction?: number;
}

/** Suites give what they know of a position: the integer, the bucket (of `mod` or of a hundred thousand), the fraction. */
function hashPasses({ profile = 'native', salt, unit, mod, hash, bucket, fraction }: HashCase): boolean {
  const position = hashFraction(profile, salt, unit, mod);
  return (
    Number.isFinite(position) &&
    (hash === undefined || profile !== 'native' || nativeBucket(salt, unit).hash === hash) &&
    (bucket === undefined || bucket === bucketOf(position) || bucket === Math.round(position * (mod ?? NaN))) &&
    (fraction === undefined || Math.abs(position - fraction) < SAME_POSITION)
  );
}

const ruleFiles = vectorFiles('rules', '.json');
const hashFiles = vectorFiles('hash', '.json');
const murmurFiles = vectorFiles('hash', '.csv');
// Vectors lie beside the repository: a clone without them has nothing to compare with.
const absent = ruleFiles.length + hashFiles.length + murmurFiles.length === 0;
if (absent) process.stdout.write(`no vectors in ${VECTORS}: the vector tests are skipped (set ASSAY_VECTORS)\n`);

(absent ? describe.skip : describe)('golden vectors', () => {
  // A folder may hold one kind alone.
  for (const name of ruleFiles) {
    it(`rules/${name}`, () => {
      let total = 0;
      const failures: unknown[] = [];
      for (const { definitions, cases } of ruleFile(name).groups) {
        const compiled = compileDefinitions(definitions);
        for (const testCase of cases) {
          total += 1;
          const passes = 'cond' in testCase ? conditionPasses(compiled, testCase) : flagPasses(compiled, testCase);
          if (!passes) failures.push(testCase);
        }
      }
      report(`rules/${name}`, total, failures);
    });
  }

  for (const name of hashFiles) {
    it(`hash/${name}`, () => {
      const { cases } = JSON.parse(vectorText('hash', name)) as { cases: readonly HashCase[] };
      report(
        `hash/${name}`,
        cases.length,
        cases.filter((testCase) => !hashPasses(testCase)),
      );
    });
  }

  for (const name of murmurFiles) {
    it(`hash/${name}`, () => {
      const rows = vectorText('hash', name).trim().split('\n').slice(1);
      const failures = rows.filter((row) => {
        const [seed, key = '', hash] = row.split(',');
        return murmur3x86_32(key, Number(seed)) !== Number(hash);
      });
      report(`hash/${name}`, rows.length, failures);
    });
  }
});
