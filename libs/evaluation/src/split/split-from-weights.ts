import type { Arm, Bucket, Cond, HashProfile, Range, Ref, Split, Sticky } from '../definition.js';

/** Which admission a part of `enroll` is, so that a refusal can be named. */
export type EnrollStage = 'TARGETING' | 'HOLDOUT' | 'LAYER' | 'COVERAGE';

/** A slice of units that is shared by experiments: everybody inside `in` passes. */
export interface SharedSlice {
  /** The salt that the experiments of a layer, or under a holdout, have in common. */
  readonly salt: string;
  readonly in: readonly Range[];
}

/** An experiment as people write it: weights and coverage instead of ranges. */
export interface WeightedSplit {
  readonly key: string;
  readonly unit: readonly Ref[];
  /** Integers or any other unit, not negative; only their ratio counts. */
  readonly variants: readonly { readonly key: string; readonly weight: number; readonly variant?: string }[];
  /** Share of the units that take part, 0..1. Default 1. */
  readonly coverage?: number;
  /** Defaults to the key. */
  readonly salt?: string;
  readonly hash?: HashProfile;
  readonly targeting?: Cond | null;
  readonly holdouts?: readonly SharedSlice[];
  /** A slice, or a condition on the units that may take part. */
  readonly layer?: SharedSlice | { readonly condition: Cond } | null;
  readonly sticky?: Sticky;
}

export interface SplitWithStages {
  readonly split: Split;
  /** What the parts of `split.enroll.all` are, in order: `failedAt` of a refusal is an index into this. */
  readonly stages: readonly EnrollStage[];
}

/**
 * Consecutive ranges of the given weights, together [0, 1). A weight of 0 has no range, and if all are 0 nobody has.
 */
export function rangesFromWeights(weights: readonly number[]): readonly (readonly Range[])[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let sum = 0;
  return weights.map((weight) => {
    const from = sum;
    sum += weight;
    return weight > 0 && total > 0 ? [[from / total, sum / total] as const] : [];
  });
}

/**
 * Turns weights and coverage into ranges. Coverage is a second hash with the salt `<key>:coverage`, so that raising it adds
 * units and moves none between arms, and so that weights and coverage change apart.
 */
export function splitFromWeights(experiment: WeightedSplit): SplitWithStages {
  const { key, unit, variants, coverage = 1, salt = key, hash, targeting, holdouts = [], layer, sticky } = experiment;
  const bucket = (slice: SharedSlice): Cond => {
    const predicate: Bucket = { salt: slice.salt, unit, in: slice.in };
    return { bucket: hash === undefined ? predicate : { ...predicate, hash } };
  };
  const admission: [EnrollStage, Cond][] = [];
  if (targeting !== undefined && targeting !== null) admission.push(['TARGETING', targeting]);
  for (const holdout of holdouts) admission.push(['HOLDOUT', bucket(holdout)]);
  if (layer !== undefined && layer !== null)
    admission.push(['LAYER', 'condition' in layer ? layer.condition : bucket(layer)]);
  if (coverage < 1) admission.push(['COVERAGE', bucket({ salt: `${key}:coverage`, in: [[0, coverage]] })]);

  const ranges = rangesFromWeights(variants.map(({ weight }) => weight));
  const arms = variants.map((variant, index): Arm => {
    return { key: variant.key, variant: variant.variant ?? variant.key, in: ranges[index] ?? [] };
  });
  const split: Split = {
    key,
    unit,
    salt,
    ...(hash === undefined ? {} : { hash }),
    enroll: { all: admission.map(([, cond]) => cond) },
    ...(sticky === undefined ? {} : { sticky }),
    arms,
  };
  return { split, stages: admission.map(([stage]) => stage) };
}
