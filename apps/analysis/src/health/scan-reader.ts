import { Injectable } from '@nestjs/common';
import type { Computed } from '../data/resting-answers.js';
import type { ExperimentData } from '../data/experiment-data.js';
import type { ExperimentPlan } from '../plan/experiment-plan.js';
import { AgeReader } from '../series/age-reader.js';
import { hasAges, hasBefore, type AgeTable } from '../series/age-table.js';
import { AttributeReader } from './attribute-reader.js';
import type { HealthScans, Scanned } from './scan-report.js';

/** So long an answer waits for the first scans of a large experiment; they go on, and the next answer has them. */
const PATIENCE_MS = 3_000;

/** The scans of an experiment that its health shows, one after the other. */
@Injectable()
export class ScanReader {
  constructor(
    private readonly attributes: AttributeReader,
    private readonly ages: AgeReader,
  ) {}

  async read(plan: ExperimentPlan, data: ExperimentData): Promise<HealthScans> {
    const attributes = this.attributes.read(plan, data);
    const ages = attributes.then(() => this.tables(plan));
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<null>((resolve) => {
      timer = setTimeout(() => resolve(null), PATIENCE_MS);
    });
    const within = <T>(scan: Promise<Computed<T>>): Promise<Scanned<T>> => {
      // It may fail when nobody waits for it any more; the next answer tries again.
      scan.catch(() => undefined);
      return Promise.race([scan, patience]);
    };
    try {
      const [scannedAttributes, scannedAges] = await Promise.all([within(attributes), within(ages)]);
      return { attributes: scannedAttributes, ages: scannedAges };
    } finally {
      clearTimeout(timer);
    }
  }

  /** What units did by the days since their exposure, by metric; as old as the oldest of the tables. */
  private async tables(plan: ExperimentPlan): Promise<Computed<ReadonlyMap<string, AgeTable>>> {
    const { cuped } = plan.definition.analysis;
    const tables = new Map<string, AgeTable>();
    let at: Date | undefined;
    for (const metric of plan.metrics) {
      if (metric.metric.role === 'secondary' || !(hasAges(metric) || (!cuped && hasBefore(metric)))) continue;
      const table = await this.ages.read(plan, metric);
      tables.set(metric.metric.name, table.answer);
      if (at === undefined || table.at < at) at = table.at;
    }
    return { answer: tables, at: at ?? this.ages.now() };
  }
}
