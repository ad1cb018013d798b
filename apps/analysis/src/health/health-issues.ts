import type { ExperimentHealth } from '@assay/contracts';
import { percent, shortP, whole } from '../verdict/sentences.js';

type Report = Pick<ExperimentHealth, 'srm' | 'multipleExposures' | 'balance' | 'heterogeneity' | 'novelty'>;

/** What is wrong, in words that name the numbers, and how bad it is. */
export function healthIssues(report: Report): Pick<ExperimentHealth, 'verdict' | 'issues'> {
  const errors = [...splitErrors(report), ...exposureErrors(report), ...balanceErrors(report)];
  const warnings = [...splitWarnings(report), ...scanWarnings(report)];
  const verdict = errors.length > 0 ? 'unhealthy' : warnings.length > 0 ? 'warning' : 'healthy';
  return { verdict, issues: [...errors, ...warnings] };
}

function splitErrors({ srm }: Report): string[] {
  const { overall, sequential, byDay, bySegment } = srm;
  return [
    ...(overall.verdict === 'mismatch'
      ? [`The units are not split as planned: sample ratio p = ${shortP(overall.pValue)}.`]
      : []),
    ...(sequential.verdict === 'mismatch' && overall.verdict !== 'mismatch'
      ? [`The split was wrong at some look: always-valid sample ratio p = ${shortP(sequential.pValue)}.`]
      : []),
    ...byDay
      .filter(({ verdict }) => verdict === 'mismatch')
      .map(({ day, adjustedPValue }) => `The split is wrong on ${day}: p = ${shortP(adjustedPValue)} over all days.`),
    ...(bySegment ?? [])
      .filter(({ verdict }) => verdict === 'mismatch')
      .map(
        ({ segment, adjustedPValue }) =>
          `The split is wrong for ${segment}: p = ${shortP(adjustedPValue)} over all segments.`,
      ),
  ];
}

function splitWarnings({ srm }: Report): string[] {
  const { overall, byDay, bySegment } = srm;
  return [
    ...(overall.verdict === 'warning' ? [`The split is suspicious: sample ratio p = ${shortP(overall.pValue)}.`] : []),
    ...byDay
      .filter(({ verdict }) => verdict === 'warning')
      .map(
        ({ day, adjustedPValue }) => `The split is suspicious on ${day}: p = ${shortP(adjustedPValue)} over all days.`,
      ),
    ...(bySegment ?? [])
      .filter(({ verdict }) => verdict === 'warning')
      .map(
        ({ segment, adjustedPValue }) =>
          `The split is suspicious for ${segment}: p = ${shortP(adjustedPValue)} over all segments.`,
      ),
  ];
}

function exposureErrors({ multipleExposures: { verdict, count, share } }: Report): string[] {
  if (verdict === 'ok') return [];
  return [`${whole(count)} units (${percent(share)}) were seen in more than one variant.`];
}

function balanceErrors({ balance }: Report): string[] {
  return balance.tests
    .filter(({ isBalanced }) => isBalanced === false)
    .map(
      ({ metric, variantKey, against, pValue }) =>
        `${variantKey} and ${against} differed in ${metric} before the exposure already: p = ${shortP(pValue)}.`,
    );
}

/** Not that the data are wrong, but that one number may not tell all. */
function scanWarnings({ heterogeneity, novelty }: Report): string[] {
  return [
    ...heterogeneity.tests
      .filter(({ flagged }) => flagged)
      .map(
        ({ variantKey, metric, attribute, adjustedPValue }) =>
          `The effect of ${variantKey} on ${metric} differs by ${attribute}: p = ${shortP(adjustedPValue)} over all such tests.`,
      ),
    ...novelty.tests
      .filter(({ flagged }) => flagged)
      .map(({ variantKey, metric, verdict, adjustedPValue }) => {
        const what = verdict === 'novelty' ? 'wears off' : 'grows';
        return `The effect of ${variantKey} on ${metric} ${what} with the days since the exposure: p = ${shortP(adjustedPValue)} over all such tests.`;
      }),
  ];
}
