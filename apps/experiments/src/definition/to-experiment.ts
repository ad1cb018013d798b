import type { BanditPlan, Decision, Experiment, ExperimentDocument, SettledExperiment } from '@assay/contracts';
import { toExperimentDefinition } from '@assay/definitions';
import type { Experiment as ExperimentRow } from '@assay/models';
import type { Snapshot } from '../editing/snapshot.js';

/** A row with its project, environment, variants and metrics loaded, as it is answered. */
export function toExperiment(row: ExperimentRow): Experiment {
  const definition = toExperimentDefinition(row);
  const names = new Map(row.variants.getItems().map(({ id, name, description }) => [id, { name, description }]));
  return {
    id: row.id,
    key: row.key,
    project: row.project.getEntity().key,
    environment: row.environment.getEntity().key,
    status: row.status,
    name: row.name,
    description: row.description,
    hypothesis: row.hypothesis,
    experimentType: row.experimentType,
    startDate: row.startDate?.toISOString() ?? null,
    endDate: row.endDate?.toISOString() ?? null,
    tags: row.tags,
    coverage: row.coverage,
    unit: row.unit,
    layer: row.layer,
    targetingRules: definition.targetingRules,
    variants: definition.variants.map((variant) => ({
      ...variant,
      ...(names.get(variant.id) ?? { name: variant.key, description: '' }),
    })),
    metrics: definition.metrics,
    analysis: definition.analysis,
    factors: row.factors as ExperimentDocument['factors'],
    bandit: row.bandit as BanditPlan | null,
    decision: row.decision as Decision | null,
    ownerId: row.owner.id,
    startedAt: row.startedAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    version: row.version,
  };
}

/** The part of an answer that its author wrote: what a patch is merged into. */
export function documentOf(experiment: Experiment): SettledExperiment {
  return {
    name: experiment.name,
    description: experiment.description,
    hypothesis: experiment.hypothesis,
    experimentType: experiment.experimentType,
    startDate: experiment.startDate,
    endDate: experiment.endDate,
    tags: experiment.tags,
    coverage: experiment.coverage,
    unit: experiment.unit,
    layer: experiment.layer,
    targetingRules: experiment.targetingRules,
    variants: experiment.variants.map(({ id: _id, ...variant }) => variant),
    metrics: experiment.metrics.map(({ id: _id, ...metric }) => metric),
    analysis: experiment.analysis,
    factors: experiment.factors,
    bandit: experiment.bandit,
  };
}

/** What the pure decisions look at. */
export function toSnapshot(row: ExperimentRow): Snapshot {
  const { status, startDate, endDate, startedAt, updatedAt } = row;
  const lifecycle = { status, startDate, endDate, startedAt, decision: row.decision as Decision | null };
  return { lifecycle, document: documentOf(toExperiment(row)), updatedAt };
}
