import { CliError } from '../terminal/cli-error.js';

export const MAX_VARIANTS = 100;
const MAX_KEY = 100;

/**
 * The key of a variant as it is called in the file: letters, digits, `.`, `_` and `-` stay, anything else becomes `-`.
 *
 * @throws CliError when nothing is left.
 */
export function variantKey(value: string): string {
  const key = value
    .trim()
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[._-]+/, '')
    .slice(0, MAX_KEY);
  if (key === '') throw new CliError(`The variant '${value}' has no letter or digit that a key could be made of.`);
  return key;
}

export interface PlannedVariant {
  readonly key: string;
  readonly name: string;
  readonly isControl: boolean;
  readonly trafficAllocation: number;
}

/**
 * Variants with equal shares of the traffic, the control first, the others by key.
 *
 * @throws CliError when the control is not among them, there is only one, there are too many, or two get the same key.
 */
export function planVariants(values: ReadonlySet<string>, control: string): PlannedVariant[] {
  const names = [...values];
  if (!values.has(control)) {
    throw new CliError(
      `--control: no row has the variant '${control}'. The variants of the file are: ${listed(names)}.`,
    );
  }
  if (names.length < 2) throw new CliError(`The file has the variant '${control}' only; a comparison needs two.`);
  if (names.length > MAX_VARIANTS) {
    throw new CliError(
      `--variant: the column has more than ${MAX_VARIANTS} different values (${listed(names)}). Is it the right one?`,
    );
  }
  const ordered = [control, ...names.filter((name) => name !== control).sort()];
  const shares = equalShares(ordered.length);
  const variants = ordered.map((name, index) => ({
    key: variantKey(name),
    name,
    isControl: index === 0,
    trafficAllocation: shares[index] as number,
  }));
  const double = variants.find(({ key }, index) => variants.findIndex((other) => other.key === key) !== index);
  if (double !== undefined)
    throw new CliError(`Two variants of the file would get the key '${double.key}'. Rename one.`);
  return variants;
}

/** Percentages with three decimals that sum to exactly 100; the first ones get what division leaves over. */
export function equalShares(count: number): number[] {
  const share = Math.floor(100_000 / count);
  const left = 100_000 - share * count;
  return Array.from({ length: count }, (_, index) => (share + (index < left ? 1 : 0)) / 1_000);
}

const listed = (names: readonly string[]): string =>
  `${names.slice(0, 10).join(', ')}${names.length > 10 ? ', …' : ''}`;
