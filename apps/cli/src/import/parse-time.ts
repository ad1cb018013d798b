/** The moment of everything in a file without a time column. Fixed, so that a second import says the same. */
export const FIXED_MOMENT = Date.UTC(2020, 0, 1);

const DATE_TIME =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?)?\s*(Z|UTC|[+-]\d{2}(?::?\d{2})?)?$/i;

/**
 * Epoch milliseconds of a time as files have it: ISO 8601 with `T` or a blank, a date alone, or epoch seconds or
 * milliseconds. Without a zone it is UTC. Undefined for anything else.
 */
export function parseTime(text: string): number | undefined {
  const cell = text.trim();
  if (/^\d{10}(?:\.\d+)?$/.test(cell)) return Math.round(Number(cell) * 1_000);
  if (/^\d{13}$/.test(cell)) return Number(cell);
  const match = DATE_TIME.exec(cell);
  if (match === null) return undefined;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', zone = 'Z'] = match;
  const parts = [year, month, day, hour, minute, second].map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const utc = Date.UTC(parts[0], parts[1] - 1, ...(parts.slice(2) as [number, number, number, number]));
  if (!isSameDate(new Date(utc), parts)) return undefined;
  return utc + Math.trunc(Number(`0.${fraction || '0'}`) * 1_000) - zoneMinutes(zone) * 60_000;
}

/** `Date.UTC` turns 31 February into 3 March; a file that says so is wrong. */
function isSameDate(date: Date, [year, month, day, hour, minute, second]: readonly number[]): boolean {
  return (
    date.getUTCFullYear() === year &&
    date.getUTCMonth() + 1 === month &&
    date.getUTCDate() === day &&
    date.getUTCHours() === hour &&
    date.getUTCMinutes() === minute &&
    date.getUTCSeconds() === second
  );
}

function zoneMinutes(zone: string): number {
  const match = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone);
  if (match === null) return 0;
  return (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3] ?? '0'));
}
