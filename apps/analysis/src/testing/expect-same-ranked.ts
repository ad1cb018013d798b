import type { Moments } from '@assay/stats';
import type { RankedMetrics } from '../data/ranked-units.js';

/** Order statistics to the last digit, moments to 1e-12. An arm of which nothing is ranked may be missing. */
export function expectSameRanked(kept: RankedMetrics, scanned: RankedMetrics): void {
  expect([...kept.keys()].sort()).toEqual([...scanned.keys()].sort());
  for (const [name, { arms, cap }] of scanned) {
    const found = kept.get(name)!;
    expect([name, found.cap]).toEqual([name, cap]);
    for (const [variantId, { quantile, moments }] of arms) {
      const arm = found.arms.get(variantId);
      if (quantile !== null && quantile.n > 0) expect([name, arm?.quantile]).toEqual([name, quantile]);
      if (moments === null || moments.n === 0) expect(arm?.quantile?.n ?? arm?.moments?.n ?? 0).toBe(quantile?.n ?? 0);
      else expectClose(arm!.moments!, moments);
    }
  }
}

/** 1e-12 of the values, and of products as far as they are not what is left of larger ones. */
function expectClose(got: Moments, expected: Moments): void {
  expect(got.n).toBe(expected.n);
  const k = expected.means.length;
  const deviations: number[] = [];
  for (let row = 0, at = 0; row < k; at += k - row, row += 1) deviations.push(Math.sqrt(expected.products[at]!));
  const within = (a: number, b: number, scale: number): void =>
    expect(Math.abs(a - b)).toBeLessThanOrEqual(1e-12 * Math.max(Math.abs(b), scale));
  expected.means.forEach((mean, index) => within(got.means[index]!, mean, deviations[index]!));
  let at = 0;
  for (let row = 0; row < k; row += 1) {
    for (let column = row; column < k; column += 1, at += 1) {
      const scale = (deviations[row]! + 1e-9) * (deviations[column]! + 1e-9);
      within(got.products[at]!, expected.products[at]!, scale);
    }
  }
}
