/** The corrections an analysis plan may name. `none` leaves p-values as they are. */
export const CORRECTIONS = [
  'none',
  'bonferroni',
  'sidak',
  'holm',
  'holm-sidak',
  'hochberg',
  'hochberg-sidak',
  'hommel',
  'bh',
  'by',
] as const;

/**
 * - `bonferroni`, `sidak`: single step; family-wise error (Šidák for independent or positively dependent tests).
 * - `holm`, `holm-sidak`: step down; family-wise error, uniformly better than the single steps.
 * - `hochberg`, `hochberg-sidak`, `hommel`: step up; family-wise error under non-negative dependence.
 * - `bh`, `by`: false discovery rate (Benjamini-Hochberg 1995; Benjamini-Yekutieli 2001 under any dependence).
 */
export type Correction = (typeof CORRECTIONS)[number];

/** How a procedure walks the sorted p-values, and how many tests each rank is charged for. */
export interface CorrectionRule {
  readonly direction: 'single' | 'down' | 'up';
  readonly scale: 'multiply' | 'sidak';
  /** The number of tests that rank `rank` (1 = smallest p) of `m` is charged for. */
  readonly charge: (rank: number, m: number) => number;
}

/** The rule of every correction that is a walk over sorted p-values; `none` and `hommel` are not. */
export const CORRECTION_RULES: Readonly<Record<Exclude<Correction, 'none' | 'hommel'>, CorrectionRule>> = {
  bonferroni: { direction: 'single', scale: 'multiply', charge: (_rank, m) => m },
  sidak: { direction: 'single', scale: 'sidak', charge: (_rank, m) => m },
  holm: { direction: 'down', scale: 'multiply', charge: (rank, m) => m - rank + 1 },
  'holm-sidak': { direction: 'down', scale: 'sidak', charge: (rank, m) => m - rank + 1 },
  hochberg: { direction: 'up', scale: 'multiply', charge: (rank, m) => m - rank + 1 },
  'hochberg-sidak': { direction: 'up', scale: 'sidak', charge: (rank, m) => m - rank + 1 },
  bh: { direction: 'up', scale: 'multiply', charge: (rank, m) => m / rank },
  by: { direction: 'up', scale: 'multiply', charge: (rank, m) => (m * harmonicNumber(m)) / rank },
};

/** `1 + 1/2 + … + 1/m`. */
function harmonicNumber(m: number): number {
  let sum = 0;
  for (let i = m; i >= 1; i--) sum += 1 / i;
  return sum;
}
