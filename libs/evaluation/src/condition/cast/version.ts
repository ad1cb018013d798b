/** A version ordered by SemVer 2.0.0 precedence. Numbers stay text: they have no largest value. */
export class Version {
  constructor(
    readonly core: readonly string[],
    readonly prerelease: readonly string[],
  ) {}
}

const CORE = String.raw`(0|[1-9]\d*)`;
const PRERELEASE = String.raw`(?:0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*)`;
const BUILD = String.raw`[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*`;
const PATTERN = new RegExp(
  String.raw`^[vV]?${CORE}(?:\.${CORE}(?:\.${CORE})?)?(?:-(${PRERELEASE}(?:\.${PRERELEASE})*))?(?:\+${BUILD})?$`,
);

const DIGITS = /^\d+$/;

function parse(text: string): Version | undefined {
  const match = PATTERN.exec(text);
  if (match === null) return undefined;
  const [, major = '0', minor, patch, prerelease] = match;
  // "1-2-3" is a date or a typing error, not the pre-release "2-3" of version 1.
  if (patch === undefined && prerelease !== undefined && DIGITS.test(prerelease.charAt(0))) return undefined;
  return new Version([major, minor ?? '0', patch ?? '0'], prerelease?.split('.') ?? []);
}

/**
 * A SemVer 2.0.0 version: an optional leading v, one to three numbers without leading zeros (the missing ones are 0), an
 * optional pre-release, build metadata that is ignored. A number is its text.
 */
export function castVersion(value: unknown): Version | undefined {
  if (typeof value === 'string') return parse(value);
  return typeof value === 'number' ? parse(String(value)) : undefined;
}

/** Digits without leading zeros: the longer is the larger. */
function compareDigits(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  return a === b ? 0 : a < b ? -1 : 1;
}

function compareIdentifiers(a: string, b: string): number {
  const numeric = DIGITS.test(a);
  if (numeric !== DIGITS.test(b)) return numeric ? -1 : 1;
  if (numeric) return compareDigits(a, b);
  return a === b ? 0 : a < b ? -1 : 1;
}

function compareLists(a: readonly string[], b: readonly string[], compare: (x: string, y: string) => number): number {
  for (let index = 0; index < Math.min(a.length, b.length); index++) {
    const order = compare(a[index] ?? '', b[index] ?? '');
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** Negative, zero or positive, by SemVer 2.0.0 §11. */
export function compareVersions(a: Version, b: Version): number {
  const order = compareLists(a.core, b.core, compareDigits);
  if (order !== 0) return order;
  // A release comes after all of its pre-releases.
  if (a.prerelease.length === 0 || b.prerelease.length === 0) return b.prerelease.length - a.prerelease.length;
  return compareLists(a.prerelease, b.prerelease, compareIdentifiers);
}
