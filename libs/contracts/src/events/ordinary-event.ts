import { EVENT_LIMITS, type EventInput } from './event.js';

/** RFC 3339 in UTC, on a day that every month has: the form that `toISOString` and most clients write. */
const PLAIN_TIME = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?Z$/;

/**
 * Recognises, at a tenth of the price of the schema, an event that the schema is sure to take as it is. Nearly all are such;
 * about any other the schema decides and says what is wrong. A property test holds the two together.
 */
export function isOrdinaryEvent(raw: unknown): raw is EventInput {
  if (!isPlainObject(raw)) return false;
  for (const name in raw) if (!isOrdinary(name, raw[name])) return false;
  return raw['eventType'] !== undefined && raw['userId'] !== undefined;
}

function isOrdinary(name: string, value: unknown): boolean {
  switch (name) {
    case 'id':
      return value === null || isText(value, EVENT_LIMITS.idLength);
    case 'eventType':
      return isText(value, 200);
    case 'userId':
      return isText(value, 256);
    case 'timestamp':
      return value === null || (typeof value === 'string' && PLAIN_TIME.test(value));
    case 'value':
      return value === null || (typeof value === 'number' && Math.abs(value) <= EVENT_LIMITS.value);
    case 'experiment':
    case 'variant':
    case 'flag':
      return value === null || isText(value, 200);
    case 'metadata':
      return value === null || isPlainObject(value);
    default:
      return false;
  }
}

const isText = (value: unknown, longest: number): boolean =>
  typeof value === 'string' &&
  value.length > 0 &&
  value.length <= longest &&
  !value.includes('\u0000') &&
  value.isWellFormed();

const isPlainObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
