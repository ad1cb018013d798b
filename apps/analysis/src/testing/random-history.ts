import type { Variant } from '@assay/models';
import fc from 'fast-check';
import { createHash } from 'node:crypto';

/** One message of a history. */
export interface Sent {
  readonly user: number;
  readonly kind: 'exposure' | 'assignment' | 'buy' | 'visit';
  readonly variant: number;
  /** Half hours after the day began: few enough that instants coincide. */
  readonly time: number;
  readonly value: number | null;
}

const value = fc.oneof(
  fc.constant(null),
  fc.integer({ min: -50, max: 50 }),
  fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((double) => Math.round(double * 1e6) / 1e6),
  fc.integer({ min: 0, max: 9 }).map((digit) => 3e9 + digit / 8),
);
const sent: fc.Arbitrary<Sent> = fc.record({
  user: fc.integer({ min: 0, max: 11 }),
  kind: fc.constantFrom('exposure', 'exposure', 'assignment', 'buy', 'buy', 'buy', 'visit'),
  // Mostly the same variant per user, so that conflicts are there but not the rule.
  variant: fc.integer({ min: 0, max: 9 }),
  time: fc.integer({ min: 0, max: 20 }),
  value,
});

/** A history, the order in which it arrives, what is sent twice (with another time), and where the batches are cut. */
export const history = fc.record({
  messages: fc.array(sent, { minLength: 1, maxLength: 80 }),
  resent: fc.array(fc.nat(), { maxLength: 12 }),
  cuts: fc.array(fc.nat(), { maxLength: 6 }),
  amendAt: fc.nat(),
});

/** Most messages of a user name the user's own variant; one in ten another. */
export function variantOf(variants: readonly Variant[], { user, variant }: Sent): Variant {
  const usual = user % 2;
  return variants[variant === 9 ? 1 - usual : usual]!;
}

/** Like the keys that ingestion makes: a hash, whose leading bits put events of one instant in order. */
export function keyOf(experimentId: string, index: number): string {
  const hash = createHash('sha256').update(`${experimentId} ${index}`).digest('hex');
  return [
    hash.slice(0, 8),
    hash.slice(8, 12),
    `8${hash.slice(12, 15)}`,
    `8${hash.slice(15, 18)}`,
    hash.slice(18, 30),
  ].join('-');
}
