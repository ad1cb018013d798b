import { z } from 'zod';
import { Condition } from '../experiments/experiment.js';
import { storable } from '../experiments/storable-json.js';
import { Key, resettable, text } from '../http/primitives.js';

const settings = { name: text(200, 1), description: text(10_000), condition: storable(Condition) };

/** A named condition that flags and experiments refer to. */
export const Segment = z
  .object({
    id: z.uuid(),
    key: z.string(),
    project: z.string(),
    ...settings,
    condition: Condition,
    createdAt: z.string(),
    updatedAt: z.string(),
    version: z.int(),
  })
  .meta({ id: 'Segment' });
export type Segment = z.output<typeof Segment>;

export const SegmentCreate = z
  .strictObject({ key: Key, ...settings, description: settings.description.default('') })
  .meta({ id: 'SegmentCreate' });
export type SegmentCreate = z.output<typeof SegmentCreate>;

export const SegmentPatch = z
  .strictObject({ ...settings, description: resettable(settings.description, '') })
  .partial()
  .meta({ id: 'SegmentPatch' });
export type SegmentPatch = z.output<typeof SegmentPatch>;
