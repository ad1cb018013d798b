import {
  AppError,
  type BodyOf,
  type Experiment,
  type Page,
  type Variant,
  type createExperiment,
  type deleteExperiment,
  type listExperiments,
  type listVariants,
  type updateExperiment,
} from '@assay/contracts';
import { pageOfValues, type Call, type ValueRules } from '@assay/platform';
import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { ExperimentEditor } from '../editing/experiment-editor.service.js';
import { ExperimentTransaction } from '../editing/experiment-transaction.service.js';
import { ExperimentMaker } from '../editing/experiment-maker.service.js';
import { ExperimentRepository } from './experiment.repository.js';
import { patchEdit } from './patch-edit.js';
import { settledDocument } from './read-document.js';
import { toExperiment } from './to-experiment.js';

const VARIANT_RULES: ValueRules<Variant> = {
  sortable: ['key', 'name', 'trafficAllocation'],
  searchable: ['key', 'name', 'description'],
};

/** Experiments as documents: made, read, listed, patched, deleted. */
@Injectable()
export class ExperimentsService {
  constructor(
    private readonly em: EntityManager,
    private readonly transaction: ExperimentTransaction,
    private readonly repository: ExperimentRepository,
    private readonly maker: ExperimentMaker,
    private readonly editor: ExperimentEditor,
  ) {}

  create(call: Call<typeof createExperiment>): Promise<Experiment> {
    const { projectId, environmentKey } = call.scope;
    const { key, environment, ...input }: BodyOf<typeof createExperiment> = call.body;
    const document = settledDocument(input);
    return this.transaction.run(async (em) =>
      this.maker.make(
        em,
        {
          projectId,
          environment: await this.repository.environment(em, projectId, environment ?? environmentKey),
          keys: [key],
          document,
          change: 'created',
          reason: null,
        },
        call,
      ),
    );
  }

  async list({ scope, query }: Call<typeof listExperiments>): Promise<Page<Experiment>> {
    const page = await this.repository.list(this.em.fork(), { ...scope, ...query }, query);
    return { ...page, items: page.items.map(toExperiment) };
  }

  async read(projectId: string, idOrKey: string): Promise<Experiment> {
    return toExperiment(await this.repository.get(this.em.fork(), projectId, idOrKey));
  }

  async variants({ scope, params, query }: Call<typeof listVariants>): Promise<Page<Variant>> {
    const { variants } = await this.read(scope.projectId, params.id);
    return pageOfValues(variants, query, VARIANT_RULES);
  }

  update(call: Call<typeof updateExperiment>): Promise<Experiment> {
    return this.editor.edit(call, (snapshot, now) => patchEdit(call.body, snapshot, now));
  }

  remove(call: Call<typeof deleteExperiment>): Promise<void> {
    return this.editor.remove(call, ({ lifecycle: { status } }) => {
      if (status === 'DRAFT') return;
      throw AppError.conflict(
        `Only a draft can be deleted; this experiment is ${status}. Archive it instead.`,
        'not_a_draft',
      );
    });
  }
}
