import type { DayUnits } from '../data/experiment-data.js';

const DAY_MS = 86_400_000;
/** A week, so that every weekday counts. */
const RECENT_DAYS = 7;

export interface ExposureRate {
  /** Days from the first exposure to `now`. */
  readonly days: number;
  /** New units a day over the last week of exposures, by variant id. */
  readonly daily: ReadonlyMap<string, number>;
}

/** How fast units come in, from the days of their first exposure. */
export function exposureRate(flow: readonly DayUnits[], now: Date): ExposureRate {
  const first = exposureDays(flow).reduce((least, day) => Math.min(least, day), Infinity);
  return {
    days: first === Infinity ? 0 : Math.max(0, now.getTime() / DAY_MS - first),
    daily: recentUnits(flow),
  };
}

const exposureDays = (flow: readonly DayUnits[]): number[] =>
  flow.filter(({ units }) => units > 0).map(({ day }) => day);

/** New units a day over the last week of exposures, by variant id. */
export function recentUnits(flow: readonly DayUnits[]): ReadonlyMap<string, number> {
  const days = exposureDays(flow);
  if (days.length === 0) return new Map();
  const first = days.reduce((least, day) => Math.min(least, day), Infinity);
  const last = days.reduce((most, day) => Math.max(most, day), -Infinity);
  const from = Math.max(first, last - RECENT_DAYS + 1);
  const daily = new Map<string, number>();
  for (const { variantId, day, units } of flow) {
    if (day >= from) daily.set(variantId, (daily.get(variantId) ?? 0) + units / (last - from + 1));
  }
  return daily;
}
