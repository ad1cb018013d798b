import type { Comparison, ExperimentResults, MetricResult } from '@assay/contracts';
import { resultsTable } from './results-table.js';

const comparison: Comparison = {
  variantKey: 'gate_40',
  against: 'gate_30',
  absolute: {
    estimate: -0.008201298315205913,
    standardError: 0.00259,
    ci: [-0.013281552418885545, -0.0031210442115262808],
  },
  relative: {
    estimate: -0.043119034896460164,
    standardError: 0.0133,
    ci: [-0.06924457700961772, -0.01699349278330261],
    robust: null,
  },
  test: 'two-proportion-z',
  statistic: -3.164358912748191,
  degreesOfFreedom: null,
  pValue: 0.001554249975614329,
  adjustedPValue: 0.001554249975614329,
  significant: true,
  sequential: null,
  bayesian: { chanceToWin: 0.00078, expectedLoss: 0.0082, credibleInterval: [-0.013, -0.003] },
  decidedBy: 'fixed',
  decisive: true,
  adjustment: null,
  guard: null,
  power: null,
  sequentialRefusal: null,
  refusal: null,
};

const metric: MetricResult = {
  name: 'retention_7',
  role: 'goal',
  isPrimary: true,
  kind: 'proportion',
  lowerIsBetter: false,
  variants: [
    { variantKey: 'gate_30', isControl: true, n: 44_700, sum: 8_502, mean: 0.19020134, standardDeviation: 0.39 },
    { variantKey: 'gate_40', isControl: false, n: 45_489, sum: 8_279, mean: 0.18200004, standardDeviation: 0.38 },
  ],
  comparisons: [comparison],
  cap: null,
  dimension: null,
  refusal: null,
};

const results: ExperimentResults = {
  experimentId: '0190b6a2-0000-7000-8000-000000000000',
  experimentKey: 'cookie',
  status: 'ACTIVE',
  alpha: 0.05,
  computedAt: '2026-11-22T12:00:00Z',
  dataThrough: '2026-11-22T11:59:59Z',
  units: { gate_30: 44_700, gate_40: 45_489 },
  multipleExposures: 1_895,
  srm: {
    statistic: 6.9024049496,
    degreesOfFreedom: 1,
    pValue: 0.008607987810836262,
    verdict: 'warning',
    expectation: 'allocation',
  },
  metrics: [metric],
  dimension: null,
  verdict: {
    decision: 'control-better',
    action: 'rollback',
    winner: 'gate_30',
    decidedBy: 'fixed',
    reasons: ['retention_7 is harmed.'],
    needs: null,
  },
};

describe('the table', () => {
  const text = resultsTable(results);
  const lineWith = (start: string): string => text.split('\n').find((line) => line.includes(start)) ?? '';

  it('shows per variant: units, rate, difference and lift with their intervals, p and the chance to win', () => {
    expect(lineWith('│ gate_40')).toMatch(
      /│ gate_40 +│ 45,489 │ 18\.200 % │ +-0\.820 pp │ \[-1\.328 pp, -0\.312 pp\] │ +-4\.31 % │ \[-6\.92 %, -1\.70 %\] │ 0\.00155425 │ +0\.08 % │/,
    );
    expect(lineWith('│ gate_30')).toMatch(/│ gate_30 \(control\) │ 44,700 │ 19\.020 % │( +│){6}/);
    expect(text).toContain('two-proportion z test: z -3.16436, p 0.00155425');
  });

  it('shows the units, those left out, and the sample ratio', () => {
    expect(text).toContain(
      'Units: 90,189 (gate_30 44,700, gate_40 45,489); 1,895 seen in more than one variant and left out',
    );
    expect(text).toContain('p 0.00860799 (warning');
  });

  it('ends with a verdict in words, its reasons, and what else is significant', () => {
    const second: MetricResult = { ...metric, name: 'retention_1', isPrimary: false };
    const calm: MetricResult = {
      ...second,
      name: 'rounds',
      comparisons: [{ ...comparison, significant: false }],
    };
    const shown = resultsTable({ ...results, metrics: [metric, second, calm] });
    expect(shown.slice(shown.indexOf('Verdict:'))).toBe(
      [
        'Verdict: Keep gate_30: the change makes it worse.',
        '  - retention_7 is harmed.',
        '  - Also: retention_1 is 18.20 % in gate_40 against 19.02 % in gate_30 (-4.3 %), p = 0.00155425.',
      ].join('\n'),
    );
  });

  it('says why a number is missing', () => {
    const empty: Comparison = {
      ...comparison,
      absolute: null,
      relative: null,
      test: null,
      statistic: null,
      pValue: null,
      adjustedPValue: null,
      significant: false,
      bayesian: null,
      refusal: { code: 'empty_arm', message: 'gate_40 has no units.' },
    };
    const shown = resultsTable({
      ...results,
      metrics: [{ ...metric, comparisons: [empty] }],
      verdict: { ...results.verdict, decision: 'no-data', action: 'keep-running', winner: null, reasons: [] },
    });
    expect(shown).toContain('not computed: gate_40 has no units.');
    expect(shown).toContain('Verdict: There is nothing to judge yet.');
    expect(shown).not.toMatch(/gate_40 +│ +45,489 │.*│ +0/);
  });

  it('shows the view that decides, adjustments, margins, power and what to do', () => {
    const told: Comparison = {
      ...comparison,
      decidedBy: 'sequential',
      decisive: false,
      sequential: {
        method: 'obrien-fleming',
        pValue: null,
        ci: [-0.02, 0.004],
        relativeCi: null,
        significant: false,
        alpha: 0.05,
        plannedUnits: 200_000,
        units: 90_000,
        informationFraction: 0.45,
        criticalValue: 3.1234,
        look: 2,
        looks: 5,
        mixtureScale: null,
        recordedLooks: [
          {
            look: 2,
            takenAt: '2026-11-20T12:00:00.000Z',
            units: 82_000,
            informationFraction: 0.41,
            absolute: { estimate: -0.008, standardError: 0.0038, ci: [-0.02, 0.004] },
            relative: null,
            statistic: -2.1,
            criticalValue: 3.1234,
            alphaSpent: 0.0008,
            crossed: false,
          },
        ],
        nextLook: { look: 3, units: 120_000, informationFraction: 0.6 },
      },
      adjustment: {
        methods: ['cuped'],
        covariates: [{ name: 'retention_7', theta: 0.41 }],
        varianceReduction: 0.183,
        stratifiedBy: null,
        refusal: null,
        unadjusted: { absolute: null, relative: null, pValue: 0.02 },
      },
      guard: {
        margin: 0.01,
        nonInferior: false,
        nonInferiorityPValue: 0.4,
        harmed: true,
        harmPValue: 0.0007,
        method: 'none',
        refusal: null,
      },
      power: {
        targetEffect: 0.02,
        targetPower: 0.8,
        powerNow: 0.31,
        additionalUnits: 110_000,
        additionalDays: 12.2,
        refusal: null,
      },
    };
    const shown = resultsTable({
      ...results,
      metrics: [{ ...metric, comparisons: [told], cap: { value: 120, percentile: 0.99, units: 902 } }],
      verdict: {
        ...results.verdict,
        decision: 'no-difference-yet',
        action: 'rollback',
        needs: { units: 110_000, days: 13 },
      },
    });
    for (const line of [
      'at every look (obrien-fleming, decides): z -2.10000 against the boundary 3.1234 at look 2 of 5, 41 % of the plan, the next (3) at 120,000 units, now 90,000, [-2.000 pp, +0.400 pp], no difference yet',
      'adjusted by CUPED on retention_7 (0.41): variance 18.3 % smaller; without it p 0.020000',
      'guardrail: harmed (one-sided p 0.000700000); margin of 1.00 % not shown to be kept (p 0.400000)',
      'power for an effect of 2.0 %: 31.0 % now, 80 % with 110,000 more units, about 13 days',
      'values cut at 120 (percentile 99), 902 units',
      'Do: roll it back.',
      'Still needed by the plan: 110,000 units, about 13 days.',
    ]) {
      expect(shown).toContain(line);
    }
  });

  it('names the level of the plan, and no ship that is not to be shipped', () => {
    const segment = { segment: 'NO', variants: metric.variants, comparisons: [] };
    const told: Comparison = {
      ...comparison,
      guard: {
        margin: 0.05,
        nonInferior: null,
        nonInferiorityPValue: null,
        harmed: null,
        harmPValue: null,
        method: 'pocock',
        refusal: { code: 'NO_LOOK', message: 'No look has been taken yet.' },
      },
    };
    const shown = resultsTable({
      ...results,
      alpha: 0.1,
      metrics: [{ ...metric, comparisons: [told], dimension: { segments: [segment], heterogeneity: [] } }],
      dimension: { name: 'country', units: {} },
      verdict: { ...results.verdict, decision: 'treatment-better', action: 'keep-running', winner: 'gate_40' },
    });
    expect(shown.match(/90 % interval/g)).toHaveLength(3);
    expect(shown).not.toContain('95 %');
    expect(shown).toContain('guardrail: not known; margin of 5.00 % not shown to be kept: No look has been taken yet.');
    expect(shown).toContain('Verdict: gate_40 does better than gate_30.\n');
    expect(shown).toContain('Do: keep it running.');
    expect(text).toContain('95 % interval');
  });

  it('shows segments under the metric', () => {
    const segment = {
      segment: 'NO',
      variants: metric.variants,
      comparisons: [{ ...comparison, holmPValue: 0.0031, bhPValue: 0.0031 }],
    };
    const heterogeneity = {
      variantKey: 'gate_40',
      statistic: 2.5,
      degreesOfFreedom: 1,
      pValue: 0.1138,
      adjustedPValue: 0.2276,
      i2: 0.6,
      tau2: 0,
      refusal: null,
    };
    const shown = resultsTable({
      ...results,
      metrics: [{ ...metric, dimension: { segments: [segment], heterogeneity: [heterogeneity] } }],
      dimension: { name: 'country', units: { NO: { gate_30: 44_700, gate_40: 45_489 } } },
    });
    expect(shown).toContain('retention_7 by country');
    expect(shown).toMatch(/│ NO +│ gate_40 │ 45,489 │ 18\.200 % │ +-0\.820 pp │/);
    expect(shown).toContain('gate_40: Q 2.5, p 0.113800 (0.227600 over all metrics), I² 60 %');
  });
});
