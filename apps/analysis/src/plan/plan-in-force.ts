import { Experiment, type ExperimentDefinition } from '@assay/contracts';

/** What a verdict depends on, as a stored version of an experiment has it. */
const Judged = Experiment.pick({ status: true, variants: true, metrics: true, analysis: true });

/** A stored version of an experiment. */
export interface StoredVersion {
  readonly version: number;
  readonly at: Date;
  readonly document: unknown;
}

/**
 * The definition by which numbers of an earlier moment are judged: plan, metrics, variants and status of the version that was in
 * force then. Before the start there was no plan in force; nor can a version be used that an older system wrote in another form. In
 * both cases it is the present one.
 *
 * @param latest the last version that was written by then
 */
export function definitionInForce(
  present: ExperimentDefinition,
  latest: StoredVersion | undefined,
): ExperimentDefinition {
  if (latest === undefined || latest.version >= present.version) return present;
  const read = Judged.safeParse(latest.document);
  if (!read.success || read.data.status === 'DRAFT') return present;
  const variants = read.data.variants.map(({ id, key, isControl, trafficAllocation, configuration }) => {
    return { id, key, isControl, trafficAllocation, configuration };
  });
  return { ...present, ...read.data, variants, version: latest.version, changedAt: latest.at.getTime() };
}

/** Until when an experiment has run: its end, or the moment that is asked about. */
export function ranUntil({ status, changedAt }: ExperimentDefinition, endedAt: Date | null, moment: Date): Date {
  if (status !== 'COMPLETED' && status !== 'ARCHIVED') return moment;
  const end = endedAt?.getTime() ?? changedAt ?? Infinity;
  return new Date(Math.min(end, moment.getTime()));
}
