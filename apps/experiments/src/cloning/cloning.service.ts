import type { cloneExperiment, Experiment } from '@assay/contracts';
import type { Call } from '@assay/platform';
import { Injectable } from '@nestjs/common';
import { ExperimentRepository } from '../definition/experiment.repository.js';
import { settledDocument } from '../definition/read-document.js';
import { toSnapshot } from '../definition/to-experiment.js';
import { ExperimentTransaction } from '../editing/experiment-transaction.service.js';
import { ExperimentMaker } from '../editing/experiment-maker.service.js';
import { cloneKeys } from './clone-keys.js';

/** Copies of experiments. */
@Injectable()
export class CloningService {
  constructor(
    private readonly transaction: ExperimentTransaction,
    private readonly repository: ExperimentRepository,
    private readonly maker: ExperimentMaker,
  ) {}

  clone(call: Call<typeof cloneExperiment>): Promise<Experiment> {
    const { scope, params, body } = call;
    return this.transaction.run(async (em) => {
      const original = await this.repository.get(em, scope.projectId, params.id);
      const { document } = toSnapshot(original);
      return this.maker.make(
        em,
        {
          projectId: scope.projectId,
          environment: original.environment.getEntity(),
          keys: body.key === undefined ? cloneKeys(original.key) : [body.key],
          // Checked again: the rules may have become stricter since the original was written.
          document: settledDocument({ ...document, startDate: null, endDate: null, name: body.name ?? document.name }),
          change: 'cloned',
          reason: `copy of ${original.key}, version ${original.version}`,
        },
        call,
      );
    });
  }
}
