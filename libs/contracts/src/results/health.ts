import { z } from 'zod';
import { HeterogeneityResult, Refusal, SRM_VERDICTS, SrmResult } from './results.js';
import { NoveltyResult } from './timeseries.js';

const UnitsByVariant = z.record(z.string(), z.int());

/** The split of some of the units; `adjustedPValue` is corrected for how many such parts were looked at. */
export const SrmOfPart = SrmResult.extend({
  units: UnitsByVariant,
  adjustedPValue: z.number().nullable(),
}).meta({ id: 'SrmOfPart' });
export type SrmOfPart = z.output<typeof SrmOfPart>;

/** A quantity from before the exposure, which no treatment can have moved. */
export const BalanceTest = z
  .object({
    metric: z.string(),
    variantKey: z.string(),
    against: z.string(),
    controlMean: z.number().nullable(),
    treatmentMean: z.number().nullable(),
    pValue: z.number().nullable(),
    threshold: z.number(),
    isBalanced: z.boolean().nullable(),
    refusal: Refusal.nullable(),
  })
  .meta({ id: 'BalanceTest' });
export type BalanceTest = z.output<typeof BalanceTest>;

const flagged = z.boolean().meta({ description: 'adjustedPValue is at most the level of the scan' });
const adjustedPValue = z.number().nullable().meta({ description: 'False discovery rate over all tests of the scan' });

/** Whether the effect on a metric differs between the values of an attribute. */
export const HeterogeneityTest = HeterogeneityResult.omit({ tau2: true })
  .extend({ attribute: z.string(), metric: z.string(), adjustedPValue, flagged })
  .meta({ id: 'HeterogeneityTest' });
export type HeterogeneityTest = z.output<typeof HeterogeneityTest>;

/** Whether the effect on a metric wears off, or grows; its days are in the time series. */
export const NoveltyTest = NoveltyResult.omit({ days: true })
  .extend({ metric: z.string(), adjustedPValue, flagged })
  .meta({ id: 'NoveltyTest' });
export type NoveltyTest = z.output<typeof NoveltyTest>;

const scan = {
  computedAt: z.string().nullable().meta({
    description: 'A scan of a large experiment rests between two runs, so this may be a while ago',
  }),
  level: z.number(),
  refusal: Refusal.nullable().meta({ description: 'Why there are no tests' }),
};

export const HEALTH_VERDICTS = ['healthy', 'warning', 'unhealthy'] as const;

/** Whether the data of an experiment can be trusted, whatever its metrics say. */
export const ExperimentHealth = z
  .object({
    experimentId: z.string(),
    experimentKey: z.string(),
    computedAt: z.string(),
    verdict: z.enum(HEALTH_VERDICTS),
    issues: z.array(z.string()),
    srm: z.object({
      overall: SrmResult,
      byDay: z.array(SrmOfPart.extend({ day: z.string() })),
      bySegment: z.array(SrmOfPart.extend({ segment: z.string() })).nullable(),
      sequential: z.object({
        pValue: z.number().nullable().meta({ description: 'Smallest so far; valid at every look' }),
        logBayesFactor: z.number().nullable(),
        looks: z.int(),
        verdict: z.enum(SRM_VERDICTS),
      }),
      allocations: z
        .array(
          z.object({
            version: z.int().meta({ description: 'Of the definition that brought it' }),
            since: z.string().nullable().meta({ description: 'null: from the start' }),
            shares: z.record(z.string(), z.number()).meta({ description: 'Percent, by variant' }),
            units: UnitsByVariant,
          }),
        )
        .meta({ description: 'What the units were expected by, and how many were first exposed under each' }),
    }),
    multipleExposures: z.object({ count: z.int(), share: z.number(), verdict: z.enum(['ok', 'warning']) }),
    balance: z.object({
      tests: z.array(BalanceTest),
      computedAt: z
        .string()
        .nullable()
        .meta({ description: 'As of the scans: without CUPED the past is read with them' }),
      refusal: Refusal.nullable().meta({ description: 'Why there are no tests' }),
    }),
    heterogeneity: z.object({
      ...scan,
      attributes: z
        .array(z.object({ name: z.string(), segments: z.array(z.string()) }))
        .meta({ description: 'What was looked at: the most common attributes of the assignment context' }),
      units: z.int().meta({ description: 'Of a large experiment a fixed part of the units is taken' }),
      tests: z.array(HeterogeneityTest),
    }),
    novelty: z.object({ ...scan, tests: z.array(NoveltyTest) }),
    flow: z.array(z.object({ day: z.string(), units: UnitsByVariant, multipleExposures: z.int() })),
  })
  .meta({ id: 'ExperimentHealth' });
export type ExperimentHealth = z.output<typeof ExperimentHealth>;
