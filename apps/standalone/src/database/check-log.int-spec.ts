import { createTestDatabase } from '@assay/testing';
import pg from 'pg';
import { checkLog } from './check-log.js';

it('lets a database be used with one log only', async () => {
  const { url, drop } = await createTestDatabase();
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await Promise.all([checkLog(url, true), checkLog(url, false)]);
  const offset = `INSERT INTO experimentation.consumer_offsets (group_id, topic, partition, next_offset) VALUES ('g', 't', 0, 5)`;
  await client.query(offset);
  await checkLog(url, true);
  await expect(checkLog(url, false)).rejects.toThrow(/is on Kafka. Set KAFKA_BROKERS/);
  await client.query(`INSERT INTO experimentation.log_partitions (topic, partition, next_offset) VALUES ('t', 0, 9)`);
  await checkLog(url, false);
  await expect(checkLog(url, true)).rejects.toThrow(/is in its database. Unset KAFKA_BROKERS/);
  await client.end();
  await drop();
});
