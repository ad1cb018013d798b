import { Uuid } from '@assay/contracts';

/** Whether a `{id}` of a path is an id rather than a key. */
export const isId = (reference: string): boolean => Uuid.safeParse(reference).success;
