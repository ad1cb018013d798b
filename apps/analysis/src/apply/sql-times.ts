/**
 * Moments travel as whole milliseconds since 1970, which PostgreSQL reads faster than texts. Seconds and the rest are
 * converted apart: a moment of the year 1 is not exact to the millisecond as one floating-point number of seconds.
 */
export const toTimestamp = (milliseconds: string): string =>
  `to_timestamp(${milliseconds} / 1000) + (${milliseconds} % 1000) * interval '1 millisecond'`;

/** Milliseconds since 1970 of a `timestamptz`, to be rounded. */
export const toMilliseconds = (timestamp: string): string => `date_part('epoch', ${timestamp}) * 1000`;
