/** What all values of a dimension beyond the largest are called together. */
export const OTHER_SEGMENT = '(other)';

/** A value of a dimension with whatever is summed up for it. */
export interface CountedSegment<Summary> {
  readonly segment: string;
  /** Units of both arms. */
  readonly n: number;
  readonly summary: Summary;
}

/**
 * Keeps the values of a dimension with the most units and pools the rest as "(other)", so that a dimension with
 * thousands of values neither drowns the screen nor the correction (GrowthBook keeps 20). Ties are decided by name, so
 * the choice does not depend on order. Do not pool quantile metrics: their summaries do not merge.
 *
 * @param merge - adds two summaries, as sufficient statistics do.
 */
export function topSegments<Summary>(
  segments: readonly CountedSegment<Summary>[],
  limit: number,
  merge: (a: Summary, b: Summary) => Summary,
): CountedSegment<Summary>[] {
  const ranked = [...segments].sort(
    (a, b) => b.n - a.n || (a.segment < b.segment ? -1 : a.segment > b.segment ? 1 : 0),
  );
  const kept = ranked.slice(0, limit);
  const [first, ...rest] = ranked.slice(limit);
  if (first === undefined) return kept;
  const other = rest.reduce(
    (pooled, next) => ({ segment: OTHER_SEGMENT, n: pooled.n + next.n, summary: merge(pooled.summary, next.summary) }),
    { ...first, segment: OTHER_SEGMENT },
  );
  return [...kept, other];
}
