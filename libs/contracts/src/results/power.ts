import { z } from 'zod';

const rates = {
  alpha: z.number().min(1e-12).lt(0.5).default(0.05),
  power: z.number().gt(0.5).max(0.999999).default(0.8),
  variants: z.int().min(2).max(100).default(2).meta({ description: 'Control included' }),
  comparisons: z
    .int()
    .min(1)
    .max(10_000)
    .default(1)
    .meta({ description: 'Tests that share alpha: goal metrics × treatments' }),
  alternative: z.enum(['two-sided', 'one-sided']).default('two-sided'),
  sequentialUnits: z.int().min(2).max(1_000_000_000).nullable().default(null).meta({
    description: 'Units of the two arms that a confidence sequence is tuned for; null for a fixed horizon',
  }),
  cupedCorrelation: z.number().gt(-1).lt(1).default(0).meta({
    description: 'Correlation with the behaviour before the exposure: the variance falls by its square',
  }),
};

const finite = z.number().min(-1e100).max(1e100);
const baseline = {
  kind: z.enum(['proportion', 'mean', 'ratio']),
  baseline: finite.meta({ description: 'Control’s rate, mean or ratio' }),
  standardDeviation: z.number().min(1e-100).max(1e100).nullable().default(null).meta({
    description: 'Of one unit, of a mean; linearised of a ratio',
  }),
};

const relativeEffect = z.number().min(-100).max(100).meta({ description: 'Relative: 0.05 for 5 %' });

/** Body of `POST /power/sample-size`. */
export const SampleSizeRequest = z
  .strictObject({ ...baseline, ...rates, effect: relativeEffect })
  .meta({ id: 'SampleSizeRequest' });
export type SampleSizeRequest = z.output<typeof SampleSizeRequest>;

export const SampleSizeAnswer = z
  .object({
    unitsPerVariant: z.int(),
    totalUnits: z.int(),
    absoluteEffect: z.number(),
    alpha: z.number().meta({ description: 'Of one comparison, after sharing' }),
    method: z.string(),
  })
  .meta({ id: 'SampleSizeAnswer' });
export type SampleSizeAnswer = z.output<typeof SampleSizeAnswer>;

/** Body of `POST /power/mde`. */
export const MdeRequest = z
  .strictObject({ ...baseline, ...rates, unitsPerVariant: z.int().min(2).max(1_000_000_000_000) })
  .meta({ id: 'MdeRequest' });
export type MdeRequest = z.output<typeof MdeRequest>;

export const MdeAnswer = z
  .object({ relativeEffect: z.number(), absoluteEffect: z.number(), alpha: z.number(), method: z.string() })
  .meta({ id: 'MdeAnswer' });
export type MdeAnswer = z.output<typeof MdeAnswer>;

/** Body of `POST /power/duration`: a sample size, or what one is made of. */
export const DurationRequest = z
  .strictObject({
    ...baseline,
    ...rates,
    kind: baseline.kind.optional(),
    baseline: baseline.baseline.optional(),
    effect: relativeEffect.optional(),
    unitsPerVariant: z.int().min(2).max(1_000_000_000_000).optional(),
    dailyUnits: z.number().min(1e-6).max(1e12).meta({ description: 'New units a day, before coverage' }),
    coverage: z
      .number()
      .min(0.001)
      .max(100)
      .default(100)
      .meta({ description: 'Percent of them that enter the experiment' }),
  })
  .meta({ id: 'DurationRequest' });
export type DurationRequest = z.output<typeof DurationRequest>;

export const DurationAnswer = z
  .object({ days: z.int(), weeks: z.int(), unitsPerVariant: z.int(), totalUnits: z.int() })
  .meta({ id: 'DurationAnswer' });
export type DurationAnswer = z.output<typeof DurationAnswer>;
