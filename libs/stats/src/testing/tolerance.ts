/** The rule of the vectors' README: |got - expected| <= max(abs, rel * max(|got|, |expected|)). */
export interface Tolerance {
  readonly rel: number;
  readonly abs: number;
}

/** An expected p-value below this may come back as 0. */
const SMALLEST_P = 1e-300;

/**
 * Every place where `got` departs from `expected`, as readable lines; empty when the case passes. All fields of
 * `expected` must be there. `{ error: CODE }` asks for a refusal of any code; `null` means undefined.
 */
export function findDifferences(expected: unknown, got: unknown, tolerance: Tolerance, path = '$'): string[] {
  if (typeof expected === 'number') return compareNumber(expected, got, tolerance, path);
  if (Array.isArray(expected)) {
    if (!Array.isArray(got)) return [`${path}: expected an array, got ${show(got)}`];
    if (got.length !== expected.length) return [`${path}: expected ${expected.length} items, got ${got.length}`];
    return expected.flatMap((item, index) => findDifferences(item, got[index], tolerance, `${path}[${index}]`));
  }
  if (isRecord(expected)) {
    if (!isRecord(got)) return [`${path}: expected ${show(expected)}, got ${show(got)}`];
    if (isRefusal(expected)) return isRefusal(got) ? [] : [`${path}: expected a refusal, got ${show(got)}`];
    return Object.entries(expected).flatMap(([key, value]) =>
      findDifferences(value, got[key], tolerance, `${path}.${key}`),
    );
  }
  return expected === got ? [] : [`${path}: expected ${show(expected)}, got ${show(got)}`];
}

function compareNumber(expected: number, got: unknown, tolerance: Tolerance, path: string): string[] {
  if (typeof got !== 'number') return [`${path}: expected ${expected}, got ${show(got)}`];
  if (Object.is(expected, got) || expected === got) return [];
  if (expected > 0 && expected < SMALLEST_P && got === 0) return [];
  const allowed = Math.max(tolerance.abs, tolerance.rel * Math.max(Math.abs(got), Math.abs(expected)));
  if (Number.isFinite(got) && Number.isFinite(expected) && Math.abs(got - expected) <= allowed) return [];
  return [`${path}: expected ${expected}, got ${got} (off by ${Math.abs(got - expected)}, allowed ${allowed})`];
}

function isRefusal(value: Record<string, unknown>): boolean {
  return typeof value['error'] === 'string';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function show(value: unknown): string {
  return value === undefined ? 'undefined' : JSON.stringify(value);
}
