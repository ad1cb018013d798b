import type { CompleteExperiment, Experiment, RevisionChange, Transition } from '@assay/contracts';
import { Injectable } from '@nestjs/common';
import { ExperimentEditor, type EditTarget } from '../editing/experiment-editor.service.js';
import { decisionOf } from './decision-of.js';
import { requireStartable } from './startability.js';
import { transition } from './transition.js';

const CHANGE = { start: 'started', pause: 'paused', resume: 'resumed', archive: 'archived' } as const satisfies Partial<
  Record<Transition, RevisionChange>
>;

/** The life of an experiment, moved by people. */
@Injectable()
export class LifecycleService {
  constructor(private readonly editor: ExperimentEditor) {}

  move(target: EditTarget, kind: Exclude<Transition, 'complete'>): Promise<Experiment> {
    return this.editor.edit(target, ({ lifecycle, document }, now) => {
      const next = transition(lifecycle, { kind }, now);
      if (kind === 'start') requireStartable(document, now);
      return { change: CHANGE[kind], reason: null, lifecycle: next };
    });
  }

  complete(target: EditTarget, input: CompleteExperiment): Promise<Experiment> {
    return this.editor.edit(target, ({ lifecycle, document }, now) => {
      const decision = decisionOf(input, document);
      return {
        change: 'completed',
        reason: decision.reason,
        lifecycle: transition(lifecycle, { kind: 'complete', decision }, now),
      };
    });
  }
}
