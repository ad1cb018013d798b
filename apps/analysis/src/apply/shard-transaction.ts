import { POOL } from '@assay/platform';
import { Inject, Injectable } from '@nestjs/common';
import type pg from 'pg';
import { lockingShard } from './shard-lock.js';

/**
 * Every statement of a batch looks up keys it has, by an index. A plan made while a table was small, or by an estimate that is
 * off, must not turn that into a scan of the table when it has grown; nor are thousands of keys to be weighed each time.
 */
const BEGIN = [
  'BEGIN',
  'SET LOCAL enable_seqscan = off',
  'SET LOCAL enable_hashjoin = off',
  'SET LOCAL enable_mergejoin = off',
  'SET LOCAL plan_cache_mode = force_generic_plan',
].join('; ');

/** Runs work on one shard in a transaction that nobody else writes the shard beside. */
@Injectable()
export class ShardTransaction {
  constructor(@Inject(POOL) private readonly pool: pg.Pool) {}

  async run<T>(shard: number, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    const client = await this.pool.connect();
    let broken: Error | undefined;
    try {
      await client.query(`${BEGIN}; ${lockingShard(shard)}`);
      const result = await work(client);
      await client.query('COMMIT');
      return result;
    } catch (error) {
      broken = await rollBack(client);
      throw error;
    } finally {
      // A connection that cannot even roll back must not go back into the pool.
      client.release(broken);
    }
  }
}

async function rollBack(client: pg.PoolClient): Promise<Error | undefined> {
  try {
    await client.query('ROLLBACK');
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
