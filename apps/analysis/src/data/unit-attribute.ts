import type pg from 'pg';
import { exposedUnits, parametersOf, type Parameter, type UnitsAsked } from './exposed-units.js';

/** Units whose context does not have the attribute. */
export const NO_SEGMENT = '(none)';
/** Values with the most units stand for themselves, the others together. */
const MOST_SEGMENTS = 20;

/**
 * `(user_id, value)` as SQL: the attribute of every unit as it was at the exposure, in the context of its assignment, else in
 * the metadata of its first `$exposure` that has it. $1 is the experiment.
 *
 * @param moment only what was stored by then
 */
export function unitAttribute(
  attribute: string,
  parameter: Parameter<string[] | Date>,
  moment: Date | null = null,
): string {
  const path = `${parameter(attributePath(attribute))}::text[]`;
  const until = moment === null ? null : `${parameter(moment)}::timestamptz`;
  return `
  SELECT DISTINCT ON (user_id) user_id, value FROM (
    SELECT user_id, 0 AS source, created_at, left(context #>> ${path}, 200) AS value
    FROM experimentation.assignments WHERE experiment_id = $1${until === null ? '' : ` AND created_at <= ${until}`}
    UNION ALL
    SELECT user_id, 1, created_at, left(event_metadata #>> ${path}, 200)
    FROM experimentation.events WHERE experiment_id = $1 AND event_type = '$exposure'${until === null ? '' : ` AND updated_at <= ${until}`}) found
  WHERE value IS NOT NULL ORDER BY user_id, source, created_at, value`;
}

/** The values that most of the units have, the largest first. */
export async function readLargestSegments(
  client: pg.ClientBase,
  experimentId: string,
  attribute: string,
  asked: UnitsAsked,
): Promise<string[]> {
  const { values, parameter } = parametersOf(experimentId);
  const { rows } = await client.query<{ segment: string }>(
    `SELECT coalesce(s.value, '${NO_SEGMENT}') AS segment
     FROM (${exposedUnits(asked, parameter)}) u
     LEFT JOIN (${unitAttribute(attribute, parameter, asked.moment)}) s USING (user_id)
     GROUP BY segment ORDER BY count(*) DESC, segment LIMIT ${MOST_SEGMENTS}`,
    values,
  );
  return rows.map(({ segment }) => segment);
}

/** `/user/plan` is a path into the context, `plan` a member of it. */
function attributePath(attribute: string): string[] {
  if (!attribute.startsWith('/')) return [attribute];
  return attribute
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}
