/** Which units a question is about. */
export interface UnitsAsked {
  /** Only what was stored by then; null for all. */
  readonly moment: Date | null;
  readonly period: Period;
}

/** Bounds on the first exposure: `from` belongs to the period, `to` does not. */
export interface Period {
  readonly from: Date | null;
  readonly to: Date | null;
}

/** All of the present units. */
export const ALL_UNITS: UnitsAsked = { moment: null, period: { from: null, to: null } };

/** Gives a value a number among the parameters of a statement. */
export type Parameter<T = unknown> = (value: T) => string;

/** Values and the numbers they get: $1 is the experiment, everywhere. */
export function parametersOf<T = unknown>(
  experimentId: string,
): { readonly values: (T | string)[]; readonly parameter: Parameter<T | string> } {
  const values: (T | string)[] = [experimentId];
  return { values, parameter: (value) => `$${values.push(value)}` };
}

/** `(user_id, variant_id, exposed_at)` of the units that were seen in one variant only and are asked for, as SQL. */
export function exposedUnits({ moment, period: { from, to } }: UnitsAsked, parameter: Parameter): string {
  const units = moment === null ? NOW : asOf(`${parameter(moment)}::timestamptz`);
  if (from === null && to === null) return units;
  const bounds = [
    ...(from === null ? [] : [`exposed_at >= ${parameter(from)}::timestamptz`]),
    ...(to === null ? [] : [`exposed_at < ${parameter(to)}::timestamptz`]),
  ];
  return `SELECT * FROM (${units}) units WHERE ${bounds.join(' AND ')}`;
}

const NOW = `
  SELECT user_id, variant_id, exposed_at FROM experimentation.unit_metrics WHERE experiment_id = $1 AND NOT conflicted`;

const asOf = (moment: string): string => `
  SELECT user_id, (array_agg(variant_id ORDER BY at, variant_id))[1] AS variant_id, min(at) AS exposed_at FROM (
    SELECT user_id, variant_id, created_at AS at FROM experimentation.events
    WHERE experiment_id = $1 AND event_type = '$exposure' AND variant_id IS NOT NULL AND updated_at <= ${moment}
    UNION ALL
    SELECT user_id, variant_id, created_at FROM experimentation.assignments WHERE experiment_id = $1 AND created_at <= ${moment}
  ) seen GROUP BY user_id HAVING count(DISTINCT variant_id) = 1`;
