import { z } from 'zod';
import { defineTopic } from '../log/topic.js';

/** Something of identity changed; holders of caches drop what they have of it. */
export const IdentityChanged = z.object({
  resource: z.enum(['user', 'role', 'project', 'environment', 'api_key']),
  id: z.string(),
  change: z.enum(['created', 'updated', 'deleted']),
});
export type IdentityChanged = z.output<typeof IdentityChanged>;

export const identityChanged = defineTopic<IdentityChanged>({
  type: 'identity.changed',
  version: 1,
  schema: IdentityChanged,
  keyedBy: 'resource id',
  partitions: 1,
  retention: { kind: 'delete', hours: 168 },
});
