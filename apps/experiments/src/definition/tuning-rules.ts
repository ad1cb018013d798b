import { AppError, type SettledExperiment } from '@assay/contracts';

type Document = Pick<SettledExperiment, 'analysis' | 'metrics'>;
type Metric = Document['metrics'][number];

/**
 * What tunes the sequential method of a started experiment: a sequence that is tuned by what has been seen holds at no level any
 * more. Not even an amendment changes it. When a plan looks (`looks`) may change, since its boundaries are spent as looks are taken.
 *
 * @throws AppError `field_fixed` naming the fields
 */
export function requireSameTuning(before: Document, after: Document): void {
  const paths = changedTuning(before, after);
  if (paths.length === 0) return;
  throw AppError.conflict(
    `The experiment has started: ${paths.join(', ')} would choose or tune its sequential method by what has been seen. Clone it to plan another.`,
    'field_fixed',
    paths.map((path) => ({ path, message: 'cannot change once the experiment has started' })),
  );
}

function changedTuning(before: Document, after: Document): string[] {
  if (before.analysis.sequential !== after.analysis.sequential) return ['analysis.sequential'];
  const { sequential, plannedUnits, mixtureScale } = before.analysis;
  if (sequential === 'none') return [];
  const isMixture = sequential === 'msprt';
  return [
    ...(plannedUnits === after.analysis.plannedUnits ? [] : ['analysis.plannedUnits']),
    ...(isMixture && mixtureScale !== after.analysis.mixtureScale ? ['analysis.mixtureScale'] : []),
    // What takes their place where they are not given.
    ...(plannedUnits === null ? changedMetrics(before, after, 'minimumSampleSize') : []),
    ...(isMixture && mixtureScale === null ? changedMetrics(before, after, 'expectedEffect') : []),
  ];
}

function changedMetrics(before: Document, after: Document, field: 'minimumSampleSize' | 'expectedEffect'): string[] {
  const held = new Map(before.metrics.map((metric): [string, Metric] => [metric.name, metric]));
  return after.metrics.flatMap((metric, index) => {
    const was = held.get(metric.name);
    return was === undefined || was[field] === metric[field] ? [] : [`metrics[${index}].${field}`];
  });
}
