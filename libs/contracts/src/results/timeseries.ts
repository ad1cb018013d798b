import { z } from 'zod';
import { METRIC_KINDS, Estimate, Refusal, SEQUENTIAL_VIEWS } from './results.js';

const Bounds = z.tuple([z.number().nullable(), z.number().nullable()]);

/** An effect of the units exposed so far, with a band that holds at all days at once. */
export const CumulativeEffect = Estimate.extend({
  relative: Estimate.nullable(),
  band: Bounds.nullable().meta({ description: 'Anytime-valid interval of this day’s look' }),
  running: z
    .object({ pValue: z.number(), band: Bounds, contradictory: z.boolean() })
    .nullable()
    .meta({ description: 'Smallest p-value and intersection of the bands so far: p never rises' }),
}).meta({ id: 'CumulativeEffect' });

export const SeriesPoint = z
  .object({
    day: z.string().meta({ description: 'Day (UTC) of the first exposure' }),
    variants: z.array(
      z.object({
        variantKey: z.string(),
        n: z.int(),
        mean: z.number().nullable(),
        cumulativeN: z.int(),
        cumulativeMean: z.number().nullable(),
      }),
    ),
    comparisons: z.array(
      z.object({
        variantKey: z.string(),
        against: z.string(),
        daily: Estimate.nullable(),
        cumulative: CumulativeEffect.nullable(),
      }),
    ),
  })
  .meta({ id: 'SeriesPoint' });
export type SeriesPoint = z.output<typeof SeriesPoint>;

export const NOVELTY_VERDICTS = ['none', 'novelty', 'primacy'] as const;

/** Does the effect wear off, or grow, with the days since a unit's exposure? */
export const NoveltyResult = z
  .object({
    variantKey: z.string(),
    verdict: z.enum(NOVELTY_VERDICTS).nullable().meta({ description: 'By adjustedPValue' }),
    slope: Estimate.nullable().meta({ description: 'Change of the effect per day' }),
    pValue: z.number().nullable(),
    adjustedPValue: z.number().nullable().meta({ description: 'False discovery rate over the treatments' }),
    early: z.number().nullable(),
    late: z.number().nullable(),
    days: z.array(z.object({ day: z.int(), estimate: z.number(), standardError: z.number() })),
    refusal: Refusal.nullable(),
  })
  .meta({ id: 'NoveltyResult' });
export type NoveltyResult = z.output<typeof NoveltyResult>;

export const TimeSeries = z
  .object({
    experimentId: z.string(),
    experimentKey: z.string(),
    metric: z.string(),
    kind: z.enum(METRIC_KINDS),
    computedAt: z.string(),
    dataThrough: z.string().nullable(),
    band: z.object({
      method: z.enum(SEQUENTIAL_VIEWS),
      alpha: z.number().meta({ description: 'Of this metric, after the correction over the family of the plan' }),
    }),
    points: z.array(SeriesPoint),
    pointsComputedAt: z.string().meta({
      description: 'Where sums do not tell the days (caps at a percentile, quantiles) this may be a while ago',
    }),
    novelty: z.array(NoveltyResult),
    noveltyComputedAt: z.string().nullable().meta({ description: 'As of pointsComputedAt; null where there is none' }),
    adjustmentRefusal: Refusal.nullable().meta({ description: 'What of the adjustment of the results the days lack' }),
    refusal: Refusal.nullable(),
  })
  .meta({ id: 'TimeSeries' });
export type TimeSeries = z.output<typeof TimeSeries>;
