import type { SettledExperiment } from '@assay/contracts';
import { Metric, Variant, type EntityManager, type Experiment } from '@assay/models';

/**
 * Puts a document into an experiment's rows. A variant keeps its row, and with it its assignments, while it keeps its key;
 * a metric while it keeps its name. The caller flushes, and reads the row again if it wants the new order.
 */
export async function writeDocument(em: EntityManager, row: Experiment, document: SettledExperiment): Promise<void> {
  const { variants, metrics, startDate, endDate, ...fields } = document;
  em.assign(row, {
    ...fields,
    startDate: startDate === null ? null : new Date(startDate),
    endDate: endDate === null ? null : new Date(endDate),
    metrics: metrics.map(({ name }) => name),
  });
  await writeVariants(em, row, variants);
  writeMetrics(em, row, metrics);
}

async function writeVariants(
  em: EntityManager,
  row: Experiment,
  variants: SettledExperiment['variants'],
): Promise<void> {
  const existing = new Map(row.variants.getItems().map((variant) => [variant.key, variant]));
  const control = variants.find(({ isControl }) => isControl)?.key;
  for (const variant of existing.values()) {
    // The index that allows one control is checked row by row: the old one steps down before the new one steps up.
    if (variant.isControl && variant.key !== control)
      await em.nativeUpdate(Variant, { id: variant.id }, { isControl: false });
  }
  variants.forEach((variant, position) => {
    const kept = existing.get(variant.key);
    if (kept === undefined) em.create(Variant, { ...variant, experiment: row, position });
    else em.assign(kept, { ...variant, position });
    existing.delete(variant.key);
  });
  for (const gone of existing.values()) em.remove(gone);
}

function writeMetrics(em: EntityManager, row: Experiment, metrics: SettledExperiment['metrics']): void {
  const existing = new Map(row.metricDefinitions.getItems().map((metric) => [metric.name, metric]));
  metrics.forEach((metric, position) => {
    const kept = existing.get(metric.name);
    if (kept === undefined) em.create(Metric, { ...metric, experiment: row, position });
    else em.assign(kept, { ...metric, position });
    existing.delete(metric.name);
  });
  for (const gone of existing.values()) em.remove(gone);
}
