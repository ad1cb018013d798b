import type { MetricResult } from '@assay/contracts';
import Table from 'cli-table3';
import { interval, intervalName, percent, plain, points, pValue, signedPlain, whole } from './numbers.js';

/** A metric by the values of a dimension, and whether they differ by more than chance. */
export function segmentsTable({ name, kind, dimension }: MetricResult, by: string, alpha: number): string {
  if (dimension === null) return '';
  const isRate = kind === 'proportion';
  const write = isRate ? (value: number | null | undefined) => points(value, 3) : signedPlain;
  const head = ['segment', 'variant', 'n', isRate ? 'rate' : 'mean', 'difference', intervalName(alpha), 'p', 'Holm p'];
  const table = new Table({
    head,
    style: { head: [], border: [] },
    colAligns: head.map((_, index) => (index < 2 ? ('left' as const) : ('right' as const))),
  });
  for (const { segment, variants, comparisons } of dimension.segments) {
    for (const arm of variants) {
      const found = comparisons.find(({ variantKey }) => variantKey === arm.variantKey);
      const numbers =
        found === undefined
          ? ['', '', '', '']
          : [
              write(found.absolute?.estimate),
              interval(found.absolute?.ci, write),
              pValue(found.pValue),
              pValue(found.holmPValue),
            ];
      table.push([segment, arm.variantKey, whole(arm.n), isRate ? percent(arm.mean, 3) : plain(arm.mean), ...numbers]);
    }
  }
  const tests = dimension.heterogeneity.map(({ variantKey, statistic, pValue: p, adjustedPValue, i2, refusal }) =>
    refusal === null
      ? `  ${variantKey}: Q ${plain(statistic)}, p ${pValue(p)} (${pValue(adjustedPValue)} over all metrics), I² ${percent(i2, 0)}`
      : `  ${variantKey}: ${refusal.message}`,
  );
  return [`${name} by ${by}`, table.toString(), ...tests].join('\n');
}
