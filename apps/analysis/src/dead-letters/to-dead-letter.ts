import type { DeadLetter } from '@assay/contracts';
import type { DeadLetterSummary } from '@assay/messaging';

/** A stored letter as it is answered, without its payload. */
export function toDeadLetter(letter: DeadLetterSummary): DeadLetter {
  const { id, topic, partition, offset, group, key, scope, error, code, attempts, status } = letter;
  return {
    id,
    topic,
    partition,
    offset,
    group,
    key,
    projectId: scope,
    error,
    code,
    attempts,
    status,
    createdAt: letter.createdAt.toISOString(),
    updatedAt: letter.updatedAt.toISOString(),
  };
}
