import type { ExperimentHealth } from '@assay/contracts';
import { Clock } from '@assay/platform';
import { Injectable } from '@nestjs/common';
import { DataReader } from '../data/data-reader.js';
import { ALL_UNITS } from '../data/exposed-units.js';
import { SegmentReader } from '../data/segment-reader.js';
import { SplitReader } from '../data/split-reader.js';
import { PlanReader } from '../plan/plan-reader.js';
import { healthReport } from './health-report.js';
import { ScanReader } from './scan-reader.js';

@Injectable()
export class HealthService {
  constructor(
    private readonly plans: PlanReader,
    private readonly reader: DataReader,
    private readonly segments: SegmentReader,
    private readonly splits: SplitReader,
    private readonly scans: ScanReader,
    private readonly clock: Clock,
  ) {}

  async read(projectId: string, idOrKey: string, dimension: string | undefined): Promise<ExperimentHealth> {
    const plan = await this.plans.read(projectId, idOrKey);
    const data = await this.reader.current(plan);
    // The plan's own attribute is looked at without being asked for.
    const attribute = dimension ?? plan.definition.analysis.stratifyBy;
    const segments = attribute === null ? null : await this.segments.read(plan, attribute, data.ranked);
    const parts = segments === null ? null : { attribute: attribute ?? '', names: [...segments.keys()] };
    const split = await this.splits.read(plan, ALL_UNITS, parts);
    const scans = await this.scans.read(plan, data);
    return healthReport({ plan, data, split, segments, scans, computedAt: this.clock.now() });
  }
}
