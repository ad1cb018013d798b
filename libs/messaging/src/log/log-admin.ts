import type { Topic } from '@assay/contracts';
import { POOL } from '@assay/platform';
import { Inject, Injectable } from '@nestjs/common';
import { LOG_TRANSPORT } from './log-tokens.js';
import { parseRecord } from '../consumer/parse-record.js';
import type { LogTransport, PartitionEnds } from './log-transport.js';
import { TopicRegistry } from './topic-registry.js';
import type { SqlClient } from './transaction.js';

/** How far a group is behind in one partition. */
export interface PartitionLag {
  readonly partition: number;
  /** First record the group has not handled. */
  readonly position: number;
  readonly lag: number;
}

/** Questions about the log, and its upkeep. */
@Injectable()
export class LogAdmin {
  constructor(
    @Inject(LOG_TRANSPORT) private readonly transport: LogTransport,
    @Inject(POOL) private readonly pool: SqlClient,
    private readonly topics: TopicRegistry,
  ) {}

  /** First and next offset of each partition. */
  ends(topic: Topic): Promise<PartitionEnds[]> {
    return this.transport.ends(topic);
  }

  /** The group's stored offset per partition; a partition it has not begun is absent. */
  async committed(group: string, topic: Topic): Promise<Map<number, number>> {
    const { rows } = await this.pool.query(
      'SELECT partition, next_offset FROM experimentation.consumer_offsets WHERE group_id = $1 AND topic = $2 ORDER BY partition',
      [group, topic.name],
    );
    return new Map(rows.map((row) => [Number(row['partition']), Number(row['next_offset'])]));
  }

  /** Records each partition holds that the group has not handled. Retained-away records do not count. */
  async lag(group: string, topic: Topic): Promise<PartitionLag[]> {
    const committed = await this.committed(group, topic);
    const ends = await this.transport.ends(topic);
    return ends.map(({ partition, earliest, next }) => {
      const position = Math.max(earliest, committed.get(partition) ?? 0);
      return { partition, position, lag: Math.max(0, next - position) };
    });
  }

  /**
   * Records the group has not handled, counted per project ('' for those of none); projects without any are absent. The stored
   * offset is read first: a record is counted as pending until its effect is visible, and may for a moment be counted although it is.
   */
  async pendingByScope(group: string, topic: Topic): Promise<Map<string, number>> {
    const lag = await this.lag(group, topic);
    const behind = lag.filter((each) => each.lag > 0);
    if (behind.length === 0) return new Map();
    return this.transport.countByScope(topic, new Map(behind.map(({ partition, position }) => [partition, position])));
  }

  /**
   * Reads once what the group has not handled, and leaves the group where it is; messages nobody can read are left out. A log in the
   * database has nothing that the database does not have: there nothing is read.
   */
  async readPending<T>(group: string, topic: Topic<T>, take: (data: readonly T[]) => Promise<void>): Promise<void> {
    if (this.transport.read === undefined) return;
    const lag = await this.lag(group, topic);
    const from = new Map(lag.map(({ partition, position }) => [partition, position]));
    await this.transport.read(topic, from, async (records) => {
      const sound = records.flatMap((raw) => {
        const parsed = parseRecord(topic, raw);
        return 'record' in parsed ? [parsed.record.data as T] : [];
      });
      if (sound.length > 0) await take(sound);
    });
  }

  /** Creates the topics of the settings that are missing. */
  ensureTopics(): Promise<void> {
    return this.transport.ensureTopics(this.topics.all);
  }

  /** Runs the retention once; returns the number of records deleted. Kafka does it by itself. */
  retain(): Promise<number> {
    return this.transport.retain(this.topics.all);
  }

  /** Forgets a group that is no more, so that it no longer holds records back from retention. */
  async forgetGroup(group: string, topic: Topic): Promise<void> {
    await this.pool.query('DELETE FROM experimentation.consumer_offsets WHERE group_id = $1 AND topic = $2', [
      group,
      topic.name,
    ]);
  }
}
