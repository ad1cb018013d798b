import type { AllocationEpoch } from './allocation-epochs.js';

/** Around a change the time does not tell by which definition a unit was assigned: services learn of it one by one. */
const UNSURE_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** Times as begin and end, one after the other: what lies between the first and the second bound is within. */
export type Bounds = readonly number[];

/** Epoch milliseconds at which the allocation was changed. */
export const changesOf = (epochs: readonly AllocationEpoch[]): number[] =>
  epochs.slice(1).map(({ since }) => since?.getTime() ?? 0);

/** The times near a change. */
export const unsureTimes = (changes: readonly number[]): Bounds =>
  merged(changes.map((at) => [at - UNSURE_MS, at + UNSURE_MS]));

/** The days that such times lie in: on all others every unit came under the same allocation. */
export const unsureDays = (changes: readonly number[]): Bounds =>
  merged(
    changes.map((at) => [
      Math.floor((at - UNSURE_MS) / DAY_MS) * DAY_MS,
      Math.ceil((at + UNSURE_MS) / DAY_MS) * DAY_MS,
    ]),
  );

/** As `width_bucket` of the database counts: how many of the bounds are not above a value. */
export const bucketOf = (bounds: Bounds, value: number): number => bounds.filter((bound) => bound <= value).length;

/** Those that touch as one. */
function merged(ranges: readonly (readonly [from: number, to: number])[]): number[] {
  const bounds: number[] = [];
  for (const [from, to] of ranges) {
    const last = bounds.at(-1);
    if (last !== undefined && from <= last) bounds[bounds.length - 1] = Math.max(last, to);
    else bounds.push(from, to);
  }
  return bounds;
}
