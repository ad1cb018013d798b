import { describeLog } from '../contract/log-contract.js';
import { PostgresLog } from './postgres-log.js';

describeLog('PostgreSQL', () =>
  Promise.resolve({
    make: ({ pool, session }) => new PostgresLog(pool, session),
    async appendRaw(process, topic, text) {
      await process.pool.query(
        `WITH moved AS (UPDATE experimentation.log_partitions SET next_offset = next_offset + 1
           WHERE topic = $1 AND partition = 0 RETURNING next_offset)
         INSERT INTO experimentation.log_batches (topic, partition, base_offset, record_count, payload)
         SELECT $1, 0, next_offset - 1, 1, $2 FROM moved`,
        [topic.name, `[${text}]`],
      );
    },
  }),
);
