import { z } from 'zod';
import { storable } from '../experiments/storable-json.js';
import { Time, UserId, resettable, text } from '../http/primitives.js';

const fields = {
  value: storable(z.json()),
  reason: text(2_000),
  expiresAt: Time.nullable(),
};

/** The value that one user gets whatever the rules say. */
export const FlagOverride = z
  .object({
    id: z.uuid(),
    userId: z.string(),
    ...fields,
    createdAt: z.string(),
    updatedAt: z.string(),
    version: z.int().meta({ description: 'Of the flag: the ETag, and what If-Match takes' }),
  })
  .meta({ id: 'FlagOverride' });
export type FlagOverride = z.output<typeof FlagOverride>;

export const FlagOverrideCreate = z
  .strictObject({
    userId: UserId,
    value: fields.value,
    reason: fields.reason.default(''),
    expiresAt: fields.expiresAt.default(null),
  })
  .meta({ id: 'FlagOverrideCreate' });
export type FlagOverrideCreate = z.output<typeof FlagOverrideCreate>;

export const FlagOverridePatch = z
  .strictObject({ ...fields, reason: resettable(fields.reason, '') })
  .partial()
  .meta({ id: 'FlagOverridePatch' });
export type FlagOverridePatch = z.output<typeof FlagOverridePatch>;
