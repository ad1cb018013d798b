import { EVENT_LIMITS } from '@assay/contracts';
import { hash } from 'node:crypto';

/** Far above every number that an event may carry, so that no text is taken for a number. */
const TEXTS = 2 ** 1_000;
const FRACTION = 2 ** 52;

/**
 * A value as a number that stands for it: a number itself, a text (or true, false) by 52 bits of its hash. Two texts of one
 * unit are taken for the same once in 2^52 pairs. Objects, lists and null are no values.
 */
export function codeOf(found: unknown): number | null {
  if (typeof found === 'number') return Math.abs(found) <= EVENT_LIMITS.value ? found : null;
  if (typeof found !== 'string' && typeof found !== 'boolean') return null;
  const digest = hash('sha256', `${typeof found}:${String(found)}`, 'hex');
  return TEXTS * (1 + parseInt(digest.slice(0, 13), 16) / FRACTION);
}
