import { StartupError } from '@assay/platform';
import pg from 'pg';

/**
 * The offsets of consumers are in the database and belong to the log they were made with: on another one they would mean other
 * records, or none.
 *
 * @throws StartupError when the database was used with the log on the other side.
 */
export async function checkLog(url: string, isKafka: boolean): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  await client.connect();
  try {
    const { rows } = await client.query<{ records: boolean; offsets: boolean }>(
      `SELECT EXISTS (SELECT FROM experimentation.log_partitions WHERE next_offset > 0) AS records,
              EXISTS (SELECT FROM experimentation.consumer_offsets WHERE next_offset > 0) AS offsets`,
    );
    const { records = false, offsets = false } = rows[0] ?? {};
    if (isKafka && records) {
      throw new StartupError(
        'The log of this data directory is in its database. Unset KAFKA_BROKERS, or begin with another ASSAY_DATA_DIR.',
      );
    }
    if (!isKafka && offsets && !records) {
      throw new StartupError(
        'The log of this data directory is on Kafka. Set KAFKA_BROKERS, or begin with another ASSAY_DATA_DIR.',
      );
    }
  } finally {
    await client.end();
  }
}
