import type { Cond } from '../definition.js';
import { isObject } from './json.js';
import { walkCondition } from './walk.js';

/** Whether a condition hashes anything: a rule that does serves by SPLIT, one that does not by TARGETING_MATCH. */
export interface BucketUse {
  readonly direct: boolean;
  /** Segments it names, which may hash in turn. */
  readonly segments: readonly string[];
}

const NOTHING: BucketUse = { direct: false, segments: [] };

/** Looks through a condition, but not into the segments it names. Most conditions have neither, and cost no memory. */
export function bucketUse(cond: Cond | undefined): BucketUse {
  let segments: string[] | undefined;
  let direct = false;
  walkCondition(cond, (part) => {
    if (typeof part.segment === 'string') (segments ??= []).push(part.segment);
    if (isObject(part.bucket)) direct = true;
  });
  return direct || segments !== undefined ? { direct, segments: segments ?? NOTHING.segments } : NOTHING;
}

/** The segments that hash, themselves or through others. */
export function bucketedSegments(uses: ReadonlyMap<string, BucketUse>): ReadonlySet<string> {
  const usedBy = new Map<string, string[]>();
  const open: string[] = [];
  for (const [key, use] of uses) {
    if (use.direct) open.push(key);
    for (const inner of use.segments) usedBy.set(inner, [...(usedBy.get(inner) ?? []), key]);
  }
  const bucketed = new Set<string>();
  for (let key = open.pop(); key !== undefined; key = open.pop()) {
    if (bucketed.has(key)) continue;
    bucketed.add(key);
    open.push(...(usedBy.get(key) ?? []));
  }
  return bucketed;
}
