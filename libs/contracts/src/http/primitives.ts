import { z } from 'zod';

const hasNoNul = (text: string): boolean => !text.includes('\u0000');
const isWellFormed = (text: string): boolean => text.isWellFormed();

/** Text that PostgreSQL can store (no NUL, no half of a surrogate pair) with a length limit. */
export const text = (max: number, min = 0) =>
  z
    .string()
    .min(min)
    .max(max)
    .refine(hasNoNul, { message: 'must not contain a NUL character' })
    .refine(isWellFormed, { message: 'must not contain half a surrogate pair' });

/** A field of a merge patch (RFC 7396) that has a default: null takes it back to that. */
export const resettable = <S extends z.ZodType>(schema: S, fallback: z.output<S>) =>
  schema.nullable().transform((value) => (value === null ? fallback : value));

/** Key of an experiment, flag, variant, segment: what people type into code. No ':' (it parts salt and unit). */
export const Key = z
  .string()
  .min(1)
  .max(100)
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]*$/,
    'must start with a letter or digit and hold only letters, digits, ".", "_" and "-"',
  );

/** UUID of a resource, or its key. */
export const IdOrKey = text(200, 1);

export const Uuid = z.uuid();

/** RFC 3339 time with any offset; answered in UTC. */
export const Time = z.iso.datetime({
  offset: true,
  error: 'must be an RFC 3339 date-time such as 2026-11-22T12:00:00Z',
});

export const Tags = z.array(text(50, 1)).max(50);

/** External identifier of a unit (a user, a device, an account). */
export const UserId = text(256, 1);

/** Any JSON object. */
export const JsonObject = z.record(z.string(), z.json());

/** A percentage 0..100 with up to three decimals, as the database keeps it. */
export const Percentage = z
  .number()
  .min(0)
  .max(100)
  .refine((value) => Math.abs(value * 1000 - Math.round(value * 1000)) < 1e-6, {
    message: 'may have at most 3 decimals',
  });
