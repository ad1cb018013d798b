import { computed, refused, type Outcome } from '../refusal.js';

export interface DurationInput {
  readonly unitsPerArm: number;
  readonly arms: number;
  /** New units a day before the experiment's share is taken. */
  readonly dailyUnits: number;
  /** Share of them that enters the experiment, above 0 and at most 1. */
  readonly trafficShare: number;
}

export interface Duration {
  /** `⌈units · arms / (daily units · share)⌉`. */
  readonly days: number;
  /** Whole weeks, so that every weekday counts alike. */
  readonly weeks: number;
}

/**
 * How long an experiment has to run to reach its sample size.
 *
 * @returns refusals `PLAN_INVALID`; `NOT_ENOUGH_TRAFFIC` when no units come, or so few that the days cannot be counted.
 */
export function duration({ unitsPerArm, arms, dailyUnits, trafficShare }: DurationInput): Outcome<Duration> {
  if (!(unitsPerArm > 0 && unitsPerArm < Infinity && arms >= 1)) {
    return refused('PLAN_INVALID', 'unitsPerArm must be positive and arms at least 1.');
  }
  if (!(trafficShare >= 0 && trafficShare <= 1)) {
    return refused('PLAN_INVALID', `trafficShare is ${trafficShare}; it lies between 0 and 1.`);
  }
  const perDay = dailyUnits * trafficShare;
  if (!(perDay > 0)) return refused('NOT_ENOUGH_TRAFFIC', 'No unit a day enters the experiment.');
  const days = Math.ceil((unitsPerArm * arms) / perDay);
  if (!Number.isSafeInteger(days)) return refused('NOT_ENOUGH_TRAFFIC', 'So few units a day never make the sample.');
  return computed({ days, weeks: Math.ceil(days / 7) });
}
