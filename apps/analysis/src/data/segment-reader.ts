import { POOL } from '@assay/platform';
import { OTHER_SEGMENT } from '@assay/stats';
import { Inject, Injectable } from '@nestjs/common';
import type pg from 'pg';
import type { Literal } from '../apply/binary-copy.js';
import type { ExperimentPlan } from '../plan/experiment-plan.js';
import { ArmStore } from './arm-store.js';
import { totalArms, type ArmTotals } from './arm-totals.js';
import type { ExperimentData } from './experiment-data.js';
import { ALL_UNITS, parametersOf } from './exposed-units.js';
import { RankedUnits, type RankedMetrics } from './ranked-units.js';
import { RecentAnswers } from './recent-answers.js';
import { inSnapshot } from './snapshot.js';
import { NO_SEGMENT, readLargestSegments, unitAttribute } from './unit-attribute.js';
import { readUnitTable, type Grouping, type UnitGroup } from './unit-table.js';

/** By the value of the attribute, those with the most units first. */
export type Segments = ReadonlyMap<string, ExperimentData>;

const HELD = 100;

/** The data of an experiment by an attribute of its units; computed in one pass and held until something new comes. */
@Injectable()
export class SegmentReader {
  private readonly held = new RecentAnswers<Segments>(HELD);

  constructor(
    @Inject(POOL) private readonly pool: pg.Pool,
    private readonly arms: ArmStore,
  ) {}

  /** @param caps where capped metrics are cut: at the same place in every segment. */
  async read(plan: ExperimentPlan, attribute: string, caps: RankedMetrics): Promise<Segments> {
    const { token } = await this.arms.read(plan);
    const name = `${plan.definition.id} ${attribute}`;
    const present = JSON.stringify([plan.layoutHash, plan.definition.version, token]);
    const compute = (): Promise<Segments> =>
      inSnapshot(this.pool, (client) => segmentsOf(client, plan, attribute, caps));
    return this.held.put(name, present, compute);
  }
}

async function segmentsOf(
  client: pg.ClientBase,
  plan: ExperimentPlan,
  attribute: string,
  caps: RankedMetrics,
): Promise<Segments> {
  const largest = await readLargestSegments(client, plan.definition.id, attribute, ALL_UNITS);
  const { values, parameter } = parametersOf<Literal>(plan.definition.id);
  const named = `coalesce(s.value, '${NO_SEGMENT}')`;
  const grouping: Grouping = {
    key: `CASE WHEN ${named} = ANY(${parameter(largest)}::text[]) THEN ${named} ELSE '${OTHER_SEGMENT}' END`,
    join: `LEFT JOIN (${unitAttribute(attribute, parameter)}) s USING (user_id)`,
    values: values.slice(1),
  };
  const found = new Map<string, SegmentUnits>();
  for (const part of await readUnitTable(client, plan, plan.metrics, grouping)) {
    const segment = part.group ?? NO_SEGMENT;
    let units = found.get(segment);
    if (units === undefined) {
      units = new SegmentUnits(plan);
      found.set(segment, units);
    }
    units.take(part);
  }
  return new Map(
    [...largest, OTHER_SEGMENT].flatMap((segment) => {
      const units = found.get(segment);
      return units === undefined ? [] : [[segment, units.data(caps)]];
    }),
  );
}

class SegmentUnits {
  private readonly totals: Map<string, ArmTotals>;
  private readonly ranked: RankedUnits;

  constructor(plan: ExperimentPlan) {
    this.totals = totalArms(plan, []);
    this.ranked = new RankedUnits(plan, plan.metrics);
  }

  take(group: UnitGroup): void {
    const total = this.totals.get(group.variantId);
    if (total === undefined) return;
    total.units += group.count;
    this.ranked.addGroup(group);
  }

  data(caps: RankedMetrics): ExperimentData {
    return { totals: this.totals, ranked: this.ranked.results(caps), flow: [], through: null };
  }
}
