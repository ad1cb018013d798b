const DATE_TIME = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d+)?(?:Z|([-+])(\d\d):(\d\d))$/i;

function daysIn(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

function startOfDay(year: number, month: number, day: number): number {
  const date = new Date(0);
  // Not Date.UTC, which reads the years 0 to 99 as 1900 to 1999.
  return date.setUTCFullYear(year, month - 1, day);
}

function parse(text: string): number | undefined {
  const match = DATE_TIME.exec(text);
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map(Number);
  const [offsetHour, offsetMinute] = [Number(match[9] ?? 0), Number(match[10] ?? 0)];
  const valid =
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    day <= daysIn(year, month) &&
    hour <= 23 &&
    minute <= 59 &&
    // 60 is a leap second.
    second <= 60 &&
    offsetHour <= 23 &&
    offsetMinute <= 59;
  if (!valid) return undefined;
  const offset = (offsetHour * 60 + offsetMinute) * (match[8] === '-' ? -1 : 1);
  const minutes = hour * 60 + minute - offset;
  // The text is scaled, not the number: 0.035 * 1000 is not 35.
  const fraction = match[7] === undefined ? 0 : Number(`${match[7]}e3`);
  return startOfDay(year, month, day) + minutes * 60_000 + second * 1000 + fraction;
}

/**
 * An instant as epoch milliseconds (with a fraction, if the text has one): an RFC 3339 date and time, or a number that is
 * one already. A date alone and a numeric text are not instants.
 */
export function castDate(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' ? parse(value) : undefined;
}
