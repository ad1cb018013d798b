import type pg from 'pg';

/** Attributes that are looked at without being asked for. */
const MOST_ATTRIBUTES = 5;
/** Contexts that tell which attributes there are. */
const SAMPLE = 1_000;
/** More different values than this, and than a tenth of the contexts, name units rather than kinds of them. */
const FEW_VALUES = 20;

/** Where the attributes of the units are kept: contexts of assignments, or else the metadata of exposures. */
export type AttributeSource = 'assignments' | 'exposures';

export interface AttributeNames {
  readonly source: AttributeSource;
  readonly names: readonly string[];
}

const SOURCES: Readonly<Record<AttributeSource, string>> = {
  assignments: `SELECT context FROM experimentation.assignments WHERE experiment_id = $1 LIMIT ${SAMPLE}`,
  exposures: `
    SELECT event_metadata AS context FROM experimentation.events
    WHERE experiment_id = $1 AND event_type = '$exposure' AND event_metadata <> '{}' LIMIT ${SAMPLE}`,
};

const names = (source: AttributeSource): string => `
  SELECT key AS name FROM (
    SELECT each.key, count(*) AS contexts, count(DISTINCT each.value) AS values
    FROM (${SOURCES[source]}) sample CROSS JOIN LATERAL jsonb_each(sample.context) each
    WHERE jsonb_typeof(each.value) IN ('string', 'boolean', 'number') AND NOT each.key = ANY ($2::text[])
    GROUP BY each.key) found
  WHERE values >= 2 AND values <= greatest(${FEW_VALUES}, contexts / 10)
  ORDER BY contexts DESC, values, name LIMIT ${MOST_ATTRIBUTES}`;

/**
 * The attributes that most of the units have, as far as a sample of their contexts tells. What names the units themselves is
 * none.
 *
 * @param units names of the attributes that units are randomised by
 */
export async function readAttributeNames(
  client: pg.ClientBase,
  experimentId: string,
  units: readonly string[],
): Promise<AttributeNames> {
  for (const source of ['assignments', 'exposures'] as const) {
    const { rows } = await client.query<{ name: string }>(names(source), [experimentId, units]);
    if (rows.length > 0) return { source, names: rows.map(({ name }) => name) };
  }
  return { source: 'assignments', names: [] };
}
