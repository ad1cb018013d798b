const DAY_MS = 86_400_000;

/** Days since 1970 as `2026-11-22` (UTC). */
export const dayName = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);
