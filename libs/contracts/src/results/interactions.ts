import { z } from 'zod';
import { Estimate } from './results.js';

/** A pair of experiments on one metric: does the effect of one depend on the variant of the other? */
export const InteractionTest = z
  .object({
    experiment: z.string().meta({ description: 'Key of the experiment whose metric it is' }),
    with: z.string().meta({ description: 'Key of the other experiment' }),
    metric: z.string(),
    units: z.int().meta({ description: 'Units that are in both' }),
    statistic: z.number(),
    degreesOfFreedom: z.int(),
    pValue: z.number(),
    adjustedPValue: z.number().meta({ description: 'False discovery rate over all tests of the scan' }),
    flagged: z.boolean(),
    interaction: Estimate.nullable().meta({ description: 'Difference of the effects, of two variants each' }),
  })
  .meta({ id: 'InteractionTest' });
export type InteractionTest = z.output<typeof InteractionTest>;

/** Whether two experiments assign their units independently of each other. */
export const OverlapTest = z
  .object({
    experiment: z.string(),
    with: z.string(),
    units: z.int(),
    statistic: z.number().nullable(),
    degreesOfFreedom: z.int().nullable(),
    pValue: z.number().nullable(),
    adjustedPValue: z.number().nullable(),
    flagged: z.boolean(),
  })
  .meta({ id: 'OverlapTest' });
export type OverlapTest = z.output<typeof OverlapTest>;

export const InteractionScan = z
  .object({
    computedAt: z.string(),
    alpha: z.number(),
    experiments: z.array(z.string()),
    pairs: z.int().meta({ description: 'Pairs of experiments that share units' }),
    tests: z.int().meta({ description: 'Tests made; the list below holds those with the smallest p-values' }),
    interactions: z.array(InteractionTest),
    overlaps: z.array(OverlapTest),
  })
  .meta({ id: 'InteractionScan' });
export type InteractionScan = z.output<typeof InteractionScan>;
