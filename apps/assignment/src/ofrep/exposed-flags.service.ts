import type { ExperimentDefinition } from '@assay/contracts';
import { ExperimentCatalog } from '@assay/definitions';
import type { EvaluationResult, Exposure, Split } from '@assay/evaluation';
import { Injectable } from '@nestjs/common';
import { isOpen, type EnvironmentView } from '../environment/environment-view.js';
import { ExposureRecorder } from '../exposure/exposure-recorder.service.js';
import { shareOf } from '../exposure/inline-splits.js';
import type { SplitUse } from '../exposure/split-use.js';
import type { ServedFlag } from '../environment/served-flag.js';
import type { Subject } from './parse-request.js';
import { servedSplit } from './to-ofrep.js';
import { StoredArms } from './stored-arms.service.js';

interface Asked {
  readonly view: EnvironmentView;
  readonly subject: Subject;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** An evaluation that comes past experiments whose arms are stored. */
interface Evaluation {
  readonly asked: Asked;
  readonly evaluate: () => EvaluationResult;
  /** Arms by experiment, as the engine takes them. */
  readonly stored: Record<string, string | null>;
  /** Experiments that the subject is not known to have an arm of, by key. */
  readonly open: Map<string, ExperimentDefinition>;
}

/** Flags whose evaluation comes past experiments. */
@Injectable()
export class ExposedFlags {
  constructor(
    private readonly experiments: ExperimentCatalog,
    private readonly arms: StoredArms,
    private readonly recorder: ExposureRecorder,
  ) {}

  /**
   * A flag with sticky splits, or whose rules look at experiments. The rules see the arms that the subject has, whatever
   * enrolment says by now, and the subject is assigned in those that it is enrolled in by this evaluation.
   */
  evaluate(served: ServedFlag, use: SplitUse, asked: Asked): EvaluationResult | Promise<EvaluationResult> {
    const { view, subject, now } = asked;
    const stored: Record<string, string | null> = {};
    const open = new Map<string, ExperimentDefinition>();
    for (const key of use.kept) {
      const experiment = this.experimentOf(view, key);
      if (experiment === undefined || !isOpen(experiment)) continue;
      const arm = this.arms.recall(experiment, subject);
      if (arm === undefined) open.set(key, experiment);
      else stored[key] = arm;
    }
    const evaluate = (): EvaluationResult => view.compiled.evaluate(served.key, subject.attributes, { now, stored });
    const done = (result: EvaluationResult): EvaluationResult => {
      this.note(use, result, asked);
      return result;
    };
    return open.size === 0 ? done(evaluate()) : this.assigned({ asked, evaluate, stored, open }).then(done);
  }

  /** Splits that are not sticky: the exposure is recorded, and nobody waits. Splits that are no experiments need nothing. */
  note({ hashed }: SplitUse, { exposures }: EvaluationResult, { view, now }: Asked): void {
    for (const exposure of exposures) {
      const split = hashed.get(exposure.experiment);
      const experiment = split && this.experimentOf(view, exposure.experiment);
      if (split !== undefined && experiment !== undefined) this.record(experiment, split, exposure, now);
    }
  }

  /** Of the experiment whose arm was served: the version that gave it, where that is stored, the present one otherwise. */
  definitionVersion({ kept }: SplitUse, result: EvaluationResult, { view, subject }: Asked): number | undefined {
    const served = servedSplit(result);
    const experiment = served && this.experimentOf(view, served.experiment);
    if (experiment === undefined) return undefined;
    const stored = kept.includes(experiment.key) ? this.arms.versionOf(experiment, subject) : undefined;
    return stored ?? experiment.version;
  }

  private experimentOf({ place }: EnvironmentView, key: string): ExperimentDefinition | undefined {
    const found = this.experiments.find(place.projectId, key);
    return found?.key === key && found.environmentId === place.environmentId ? found : undefined;
  }

  private record(experiment: ExperimentDefinition, split: Split, { arm, unit, forced }: Exposure, now: number): void {
    const variant = experiment.variants.find(({ key }) => key === arm);
    if (experiment.status !== 'ACTIVE' || variant === undefined || unit === null || forced) return;
    this.recorder.note({
      projectId: experiment.projectId,
      experimentId: experiment.id,
      variantId: variant.id,
      userId: unit,
      at: now,
      definitionVersion: experiment.version,
      propensity: shareOf(split, arm),
    });
  }

  /**
   * Looks up what is not in memory, and evaluates again where that changes something. Assigning finds what is stored as well,
   * so an experiment that the evaluation came past is not looked up before: a new subject costs one round trip. One after the
   * other, since what is stored in the first may lead past the second.
   */
  private async assigned({ asked, evaluate, stored, open }: Evaluation): Promise<EvaluationResult> {
    const { view, subject } = asked;
    const unknown = new Set(open.keys());
    let result = evaluate();
    for (;;) {
      const exposed = result.exposures.find(({ experiment }) => open.has(experiment));
      const passed = new Set(result.exposures.map(({ experiment }) => experiment));
      const unseen = [...open.values()].filter(({ key }) => unknown.has(key) && !passed.has(key));
      const found = await Promise.all(unseen.map((each) => this.arms.find(view.place, each, subject)));
      unseen.forEach((each, index) => {
        unknown.delete(each.key);
        learn(each, found[index] ?? null, { stored, open });
      });
      if (found.some((arm) => arm !== null)) {
        result = evaluate();
        continue;
      }
      const experiment = exposed && open.get(exposed.experiment);
      if (experiment === undefined) return result;
      const arm = await this.arms.assign(view.place, experiment, subject);
      learn(experiment, arm, { stored, open });
      // Who is not enrolled by the experiment keeps what the split of the flag says.
      open.delete(experiment.key);
      if (stored[experiment.key] !== undefined && arm !== exposed?.arm) result = evaluate();
    }
  }
}

/** Notes the arm of an experiment. While it is paused, a subject without one gets none. */
function learn(
  { key, status }: ExperimentDefinition,
  arm: string | null,
  { stored, open }: Pick<Evaluation, 'stored' | 'open'>,
): void {
  if (arm !== null || status === 'PAUSED') stored[key] = arm;
  if (arm !== null) open.delete(key);
}
