import type { AssignmentReason, ExperimentDefinition } from '@assay/contracts';
import { bucketOf, compileSplit, type CompiledDefinitions, type Context, type SplitOutcome } from '@assay/evaluation';
import { experimentSplit } from './experiment-split.js';

/** What an experiment's definition says of a unit. */
export type Verdict =
  | { readonly enrolled: true; readonly variant: Variant; readonly bucket: number; readonly propensity: number }
  | { readonly enrolled: false; readonly reason: AssignmentReason; readonly bucket: number | null };

type Variant = ExperimentDefinition['variants'][number];

/** One version of an experiment as a function. */
export class CompiledExperiment {
  private readonly split: (context: Context, options: { now: number }) => SplitOutcome;
  private readonly reasons: readonly AssignmentReason[];
  private readonly propensities: readonly number[];

  constructor(
    readonly definition: ExperimentDefinition,
    readonly environment: CompiledDefinitions,
  ) {
    const { split, reasons } = experimentSplit(definition);
    this.split = compileSplit(split, environment);
    this.reasons = reasons;
    this.propensities = split.arms.map(({ in: ranges }) => ranges.reduce((sum, [from, to]) => sum + to - from, 0));
  }

  /** @param now epoch milliseconds, for conditions on time */
  decide(context: Context, now: number): Verdict {
    const outcome = this.split(context, { now });
    if (!outcome.enrolled) {
      const bucket = outcome.fraction === null ? null : bucketOf(outcome.fraction);
      return { enrolled: false, reason: this.reasonOf(outcome), bucket };
    }
    const variant = this.definition.variants[outcome.armIndex];
    if (variant === undefined) return { enrolled: false, reason: 'NOT_ACTIVE', bucket: outcome.exposure.bucket };
    const propensity = this.propensities[outcome.armIndex] ?? 0;
    return { enrolled: true, variant, bucket: outcome.exposure.bucket ?? 0, propensity };
  }

  private reasonOf({ reason, failedAt }: Extract<SplitOutcome, { enrolled: false }>): AssignmentReason {
    if (reason === 'NO_UNIT') return 'NO_UNIT';
    if (reason === 'NOT_ADMITTED') return this.reasons[failedAt ?? 0] ?? 'NOT_TARGETED';
    return 'NOT_ACTIVE';
  }
}
