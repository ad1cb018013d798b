import type { Socket } from 'node:net';
import { AppError, type Topic } from '@assay/contracts';
import type { Admin, ITopicConfig, Kafka } from 'kafkajs';
import { v7 } from 'uuid';
import { OffsetStore } from '../consumer/offset-store.js';
import { GroupCommit } from '../log/group-commit.js';
import type { KafkaSettings } from '../log/log-options.js';
import type {
  EncodedRecord,
  LogTransport,
  PartitionEnds,
  RawRecord,
  Running,
  RunningConsumer,
  Subscription,
} from '../log/log-transport.js';
import type { SqlClient } from '../log/transaction.js';
import { MAX_MESSAGE_BYTES } from './cut-requests.js';
import { countByScope, isEmpty, type Stretch } from './count-by-scope.js';
import { KafkaAdmin, kafkaClient } from './kafka-client.js';
import { KafkaConsumer } from './kafka-consumer.js';
import { SESSION_TIMEOUT_MS } from './kafka-feed.js';
import { KafkaWriter, SEND_MS } from './kafka-writer.js';
import { readStretches } from './read-stretches.js';
import { within } from './within.js';

const DEFAULT_LINGER_MS = 3;
/** What an append may take besides its own request to the broker. */
const BESIDES_MS = 500;
const FETCH_WAIT_MS = 250;
/** A tail is hardly ever paused: nothing waits for the end of its fetch, and there are a dozen in every process. */
const TAIL_FETCH_WAIT_MS = 1_000;

/** The log on Kafka. Offsets of groups are in PostgreSQL; what Kafka stores of them is for lag displays only. */
export class KafkaLog implements LogTransport {
  readonly kind = 'kafka';
  private readonly kafka: Kafka;
  private readonly admin: KafkaAdmin;
  private readonly writer: KafkaWriter;
  private readonly commits: GroupCommit;
  private readonly offsets: OffsetStore;
  private readonly ensured = new Set<string>();

  constructor(
    private readonly settings: KafkaSettings,
    pool: SqlClient,
    socket?: () => Socket,
  ) {
    this.kafka = kafkaClient(settings, socket);
    this.admin = new KafkaAdmin(this.kafka);
    this.writer = new KafkaWriter(this.kafka, settings.sendMs);
    this.commits = new GroupCommit((appends) => this.writer.write(appends), settings.lingerMs ?? DEFAULT_LINGER_MS);
    this.offsets = new OffsetStore(pool);
  }

  start(): Promise<void> {
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    await Promise.all([this.writer.close(), this.admin.close()]);
  }

  async check(): Promise<void> {
    try {
      await this.admin.run('Asking Kafka', (admin) => admin.describeCluster());
    } catch (error) {
      throw AppError.unavailable('The log cannot be reached right now.', 2, error);
    }
  }

  async ensureTopics(topics: readonly Topic[]): Promise<void> {
    const missing = topics.filter((topic) => !this.ensured.has(topic.name));
    if (missing.length === 0) return;
    await this.admin.run('Creating topics', async (admin) => {
      const existing = new Set(await admin.listTopics());
      const wanted = missing
        .filter((topic) => !existing.has(this.wireName(topic)))
        .map((topic) => this.configOf(topic));
      if (wanted.length > 0) await admin.createTopics({ topics: wanted, waitForLeaders: true, timeout: 4_000 });
      await this.grow(
        admin,
        missing.filter((topic) => existing.has(this.wireName(topic))),
      );
    });
    for (const topic of missing) this.ensured.add(topic.name);
  }

  async append(topic: Topic, records: readonly EncodedRecord[]): Promise<void> {
    if (records.length === 0) return;
    const since = performance.now();
    if (!this.ensured.has(topic.name)) {
      await this.patientFor(() => within(this.appendMs, 'Creating topics', this.ensureTopics([topic])));
    }
    const left = Math.max(0, this.appendMs - Math.round(performance.now() - since));
    const append = { topic: this.wireName(topic), partitions: topic.partitions, records };
    await within(left, 'Writing to Kafka', this.commits.append(append));
  }

  consume({ topic, group, maxBatch, concurrency, lingerMs, deliver }: Subscription): RunningConsumer {
    return new KafkaConsumer(this.kafka, {
      groupId: `${this.prefix}assay.${group}.${topic.type}`,
      sessionTimeoutMs: this.settings.sessionTimeoutMs ?? SESSION_TIMEOUT_MS,
      fetchWaitMs: FETCH_WAIT_MS,
      topic: this.wireName(topic),
      name: { topic: topic.name, group },
      takeAtLeast: maxBatch,
      concurrency,
      lingerMs,
      deliver,
      prepare: () => this.ensureTopics([topic]),
      takeUp: (partition) => this.takeUp(group, topic, partition),
      tellBroker: true,
    });
  }

  async tail(topic: Topic, deliver: (partition: number, record: RawRecord) => Promise<void>): Promise<Running> {
    await this.ensureTopics([topic]);
    const positions = new Map((await this.ends(topic)).map(({ partition, next }) => [partition, next]));
    const groupId = `${this.prefix}assay.tail.${topic.type}.${v7()}`;
    const consumer = new KafkaConsumer(this.kafka, {
      groupId,
      sessionTimeoutMs: SESSION_TIMEOUT_MS,
      fetchWaitMs: TAIL_FETCH_WAIT_MS,
      topic: this.wireName(topic),
      name: { topic: topic.name, tail: true },
      takeAtLeast: 1,
      concurrency: topic.partitions,
      lingerMs: 0,
      prepare: () => Promise.resolve(),
      takeUp: (partition) => {
        const position = positions.get(partition) ?? 0;
        return Promise.resolve({ position, from: position });
      },
      deliver: async ({ partition, records, end, signal }) => {
        for (const record of records) {
          if (signal.aborted) return positions.get(partition) ?? 0;
          await deliver(partition, record);
          positions.set(partition, record.offset + 1);
        }
        positions.set(partition, end);
        return end;
      },
      tellBroker: false,
    });
    return {
      stop: async (graceMs) => {
        await consumer.stop(graceMs);
        await this.admin.run('Leaving', (admin) => admin.deleteGroups([groupId])).catch(() => undefined);
      },
    };
  }

  ends(topic: Topic): Promise<PartitionEnds[]> {
    return this.admin.run('Asking for offsets', async (admin) => {
      const offsets = await admin.fetchTopicOffsets(this.wireName(topic)).catch((error: unknown) => {
        throw notThereYet(error, topic) ?? error;
      });
      return offsets
        .map(({ partition, low, high }) => ({ partition, earliest: Number(low), next: Number(high) }))
        .sort((a, b) => a.partition - b.partition);
    });
  }

  async countByScope(topic: Topic, from: ReadonlyMap<number, number>): Promise<Map<string, number>> {
    const stretches = await this.stretches(topic, from);
    return countByScope(this.kafka, `${this.prefix}assay.peek.${v7()}`, this.wireName(topic), stretches);
  }

  async read(
    topic: Topic,
    from: ReadonlyMap<number, number>,
    take: (records: readonly RawRecord[]) => Promise<void>,
  ): Promise<void> {
    const stretches = await this.stretches(topic, from);
    if ([...stretches.values()].every(isEmpty)) return;
    const groupId = `${this.prefix}assay.read.${v7()}`;
    const reading = { groupId, topic: this.wireName(topic), name: { topic: topic.name }, stretches, take };
    await readStretches(this.kafka, reading);
    await this.admin.run('Leaving', (admin) => admin.deleteGroups([groupId])).catch(() => undefined);
  }

  /** Kafka deletes and compacts by itself. */
  retain(): Promise<number> {
    return Promise.resolve(0);
  }

  /** Of every partition: from the given offset, or what is kept beyond it, to the present end. */
  private async stretches(topic: Topic, given: ReadonlyMap<number, number>): Promise<Map<number, Stretch>> {
    const ends = await this.ends(topic);
    return new Map(
      ends.map(({ partition, earliest, next }) => {
        const from = Math.min(next, Math.max(earliest, given.get(partition) ?? next));
        return [partition, { from, to: next }];
      }),
    );
  }

  private async takeUp(group: string, topic: Topic, partition: number): Promise<{ position: number; from: number }> {
    const ends = (await this.ends(topic)).find((each) => each.partition === partition);
    const { earliest, next } = ends ?? { earliest: 0, next: 0 };
    const position = await this.offsets.position(group, topic.name, partition, () => Promise.resolve(earliest));
    if (position > next) {
      // Either the broker has lost records or its answer is behind; to begin from the start would be wrong in both cases.
      throw AppError.unavailable(
        `${group} stands at ${position} in ${topic.name}/${partition}, which ends at ${next}.`,
      );
    }
    return { position, from: Math.max(position, earliest) };
  }

  private async patientFor(act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      throw AppError.unavailable('The log cannot be reached right now.', 2, error);
    }
  }

  /** Of a whole append: making its topic, waiting for the writes before it, and its own. */
  private get appendMs(): number {
    return (this.settings.sendMs ?? SEND_MS) + BESIDES_MS;
  }

  private get prefix(): string {
    return this.settings.prefix ?? '';
  }

  private wireName(topic: Topic): string {
    return `${this.prefix}${topic.name}`;
  }

  private configOf(topic: Topic): ITopicConfig {
    const { partitions, retention } = topic;
    const replicationFactor = this.settings.replicationFactor ?? 1;
    const kept =
      retention.kind === 'compact'
        ? { name: 'cleanup.policy', value: 'compact' }
        : { name: 'retention.ms', value: String(retention.hours * 3_600_000) };
    const copies = { name: 'min.insync.replicas', value: String(Math.max(1, replicationFactor - 1)) };
    const longest = { name: 'max.message.bytes', value: String(MAX_MESSAGE_BYTES) };
    const configEntries = [kept, copies, longest];
    return { topic: this.wireName(topic), numPartitions: partitions, replicationFactor, configEntries };
  }

  /** Adds the partitions that existing topics lack. */
  private async grow(admin: Admin, topics: readonly Topic[]): Promise<void> {
    if (topics.length === 0) return;
    const metadata = await admin.fetchTopicMetadata({ topics: topics.map((topic) => this.wireName(topic)) });
    const topicPartitions = topics
      .map((topic) => ({ topic: this.wireName(topic), count: topic.partitions }))
      .filter(({ topic, count }) => {
        const known = metadata.topics.find((each) => each.name === topic);
        return known !== undefined && known.partitions.length < count;
      });
    if (topicPartitions.length > 0) await admin.createPartitions({ topicPartitions });
  }
}

/** Of a topic that is being made, a broker may answer without partitions, which kafkajs meets with a TypeError. */
function notThereYet(error: unknown, topic: Topic): AppError | undefined {
  if (!(error instanceof TypeError)) return undefined;
  return AppError.unavailable(`The topic ${topic.name} is not there yet.`, 2, error);
}
