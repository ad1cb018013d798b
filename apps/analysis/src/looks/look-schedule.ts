import type { AnalysisPlan, SequentialResult } from '@assay/contracts';
import type { LookTaken } from './look-taken.js';

export type GroupSequentialMethod = 'obrien-fleming' | 'pocock' | 'haybittle-peto';
export type NextLook = NonNullable<SequentialResult['nextLook']>;

const METHODS: readonly string[] = ['obrien-fleming', 'pocock', 'haybittle-peto'] satisfies GroupSequentialMethod[];

/** The method of a plan that decides at looks; null for plans that decide all the time, or at a fixed horizon. */
export const groupSequentialMethod = ({ sequential }: AnalysisPlan): GroupSequentialMethod | null =>
  METHODS.includes(sequential) ? (sequential as GroupSequentialMethod) : null;

/** A fraction that is reached but for the rounding of a division is reached. */
const ROUNDING = 1e-9;

/** The last planned look that so many units have come to; 0 before the first. */
export const plannedLookAt = (units: number, plannedUnits: number, looks: number): number =>
  Math.min(looks, Math.floor((units / plannedUnits) * looks + ROUNDING));

/**
 * The planned look that comes after those that were taken. Looks that were passed while nobody looked are left out, not made up
 * for; a look that crossed its boundary is the last one.
 */
export function nextLook(taken: readonly LookTaken[], plannedUnits: number, looks: number): NextLook | null {
  if (taken.some(({ crossed }) => crossed)) return null;
  const look = plannedLookAt(taken.at(-1)?.units ?? 0, plannedUnits, looks) + 1;
  if (look > looks) return null;
  return { look, units: Math.ceil((look / looks) * plannedUnits - ROUNDING), informationFraction: look / looks };
}
