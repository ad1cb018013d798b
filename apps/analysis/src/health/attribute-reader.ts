import { Clock, POOL } from '@assay/platform';
import { Inject, Injectable } from '@nestjs/common';
import type pg from 'pg';
import type { Literal } from '../apply/binary-copy.js';
import { ArmStore } from '../data/arm-store.js';
import type { ExperimentData } from '../data/experiment-data.js';
import { parametersOf, type Parameter } from '../data/exposed-units.js';
import { presentToken } from '../data/present-token.js';
import { RestingAnswers, type Computed } from '../data/resting-answers.js';
import { inSnapshot } from '../data/snapshot.js';
import { NO_SEGMENT } from '../data/unit-attribute.js';
import { readUnitTable } from '../data/unit-table.js';
import type { ExperimentPlan } from '../plan/experiment-plan.js';
import { readAttributeNames, type AttributeNames, type AttributeSource } from './attribute-names.js';
import { AttributeSums, type AttributeValues, type ScannedAttribute } from './attribute-sums.js';

const HELD = 50;
/** As many values of an attribute stand for themselves as with `dimension=`. */
const MOST_VALUES = 20;
/** Of more units a fixed part is taken. */
const MOST_UNITS = 500_000;
const PARTS = 1_024;

export interface AttributeScan {
  readonly attributes: readonly ScannedAttribute[];
  readonly units: number;
}

/** The context of each unit `u`, as SQL; $1 is the experiment. */
const CONTEXTS: Readonly<Record<AttributeSource, string>> = {
  assignments: 'LEFT JOIN experimentation.assignments s ON s.experiment_id = $1 AND s.user_id = u.user_id',
  exposures: `LEFT JOIN (
    SELECT DISTINCT ON (user_id) user_id, event_metadata AS context FROM experimentation.events
    WHERE experiment_id = $1 AND event_type = '$exposure' AND event_metadata <> '{}'
    ORDER BY user_id, created_at, id) s ON s.user_id = u.user_id`,
};

/** The data of an experiment by each of the most common attributes of its units, from one pass over them. */
@Injectable()
export class AttributeReader {
  private readonly held: RestingAnswers<AttributeScan>;

  constructor(
    @Inject(POOL) private readonly pool: pg.Pool,
    private readonly arms: ArmStore,
    clock: Clock,
  ) {
    this.held = new RestingAnswers(HELD, () => clock.now());
  }

  /** @param data of the whole: where capped metrics are cut, and how many units there are */
  async read(plan: ExperimentPlan, data: ExperimentData): Promise<Computed<AttributeScan>> {
    const token = await presentToken(this.arms, plan);
    const { id, version } = plan.definition;
    const shape = JSON.stringify([plan.layoutHash, version]);
    return this.held.read(id, shape, token, () => inSnapshot(this.pool, (client) => scanned(client, plan, data)));
  }
}

async function scanned(client: pg.ClientBase, plan: ExperimentPlan, data: ExperimentData): Promise<AttributeScan> {
  const { id, unit } = plan.definition;
  const found = await readAttributeNames(client, id, ['userId', ...unit]);
  if (found.names.length === 0) return { attributes: [], units: 0 };
  const total = [...data.totals.values()].reduce((sum, { units }) => sum + units, 0);
  const where = partOf(total);
  const attributes = await readLargestValues(client, id, found, where);
  const { values, parameter } = parametersOf<Literal>(id);
  const codes = attributes.map(({ name, values: largest }) => {
    const place = `array_position(${parameter(largest)}::text[], ${valueOf(name, parameter)})`;
    return `coalesce(${place}, 0)`;
  });
  const sums = new AttributeSums(plan, attributes, data.ranked);
  const grouping = { key: 'NULL::text', join: CONTEXTS[found.source], values: values.slice(1), codes, where };
  for (const group of await readUnitTable(client, plan, sums.metrics, grouping)) await sums.add(group);
  return { attributes: sums.all(), units: sums.units };
}

/** SQL that takes all units, or a part of them that is the same each time. */
function partOf(total: number): string {
  const parts = Math.max(1, Math.floor((PARTS * MOST_UNITS) / Math.max(1, total)));
  return parts >= PARTS ? 'true' : `(hashtextextended(u.user_id, 1) & ${PARTS - 1}) < ${parts}`;
}

const valueOf = (name: string, parameter: Parameter<string>): string =>
  `coalesce(left(s.context ->> ${parameter(name)}::text, 200), '${NO_SEGMENT}')`;

/** The values that most of the units have, the largest first, of all the attributes in one pass. */
async function readLargestValues(
  client: pg.ClientBase,
  experimentId: string,
  { source, names }: AttributeNames,
  where: string,
): Promise<AttributeValues[]> {
  const { values, parameter } = parametersOf<string>(experimentId);
  const pairs = names.map((name, index) => `(${index}, ${valueOf(name, parameter)})`);
  const { rows } = await client.query<{ attribute: number; value: string }>(
    `SELECT attribute, value FROM (
       SELECT attribute, value, row_number() OVER (PARTITION BY attribute ORDER BY count(*) DESC, value) AS rank
       FROM experimentation.unit_metrics u ${CONTEXTS[source]}
       CROSS JOIN LATERAL (VALUES ${pairs.join(', ')}) AS pair (attribute, value)
       WHERE u.experiment_id = $1 AND NOT u.conflicted AND ${where} GROUP BY attribute, value) ranked
     WHERE rank <= ${MOST_VALUES} ORDER BY attribute, rank`,
    values,
  );
  return names.map((name, index) => ({
    name,
    values: rows.filter(({ attribute }) => attribute === index).map(({ value }) => value),
  }));
}
