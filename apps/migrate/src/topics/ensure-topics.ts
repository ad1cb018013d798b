import { allTopics } from '@assay/contracts';
import { withLog, type LogPlace } from '../log/with-log.js';

/**
 * Creates the topics that are missing, with their partitions and their retention or compaction.
 *
 * @returns the number of topics there have to be.
 * @throws StartupError when the broker does not answer.
 */
export async function ensureTopics(place: LogPlace): Promise<number> {
  await withLog(place, 'The topics could not be created', (log) => log.ensureTopics());
  return allTopics.length;
}
