import type { Kafka, KafkaMessage } from 'kafkajs';
import { recordOf } from './kafka-chunk.js';
import { KafkaFeed, SESSION_TIMEOUT_MS } from './kafka-feed.js';
import { within } from './within.js';

const TIMEOUT_MS = 20_000;
/**
 * Records looked at per partition; of those beyond, the same shares are assumed. Whoever waits asks again and again, and a long
 * backlog is no time to read it more often than the group that has to apply it.
 */
const LOOKED_AT = 5_000;

/** A stretch of a partition. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

export const isEmpty = ({ from, to }: Stretch): boolean => from === to;

/** Kafka has no index by project: reads the stretches once, as a group of its own, and counts. */
export async function countByScope(
  kafka: Kafka,
  groupId: string,
  topic: string,
  stretches: ReadonlyMap<number, Stretch>,
): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  const open = new Map(
    [...stretches].flatMap(([partition, stretch]) =>
      isEmpty(stretch) ? [] : [[partition, new Counter(stretch.from, stretch.to)] as const],
    ),
  );
  if (open.size === 0) return counts;
  let done: () => void;
  const finished = new Promise<void>((resolve) => (done = resolve));
  const prepare = (): Promise<void> => Promise.resolve();
  const reading = { groupId, topic, fetchWaitMs: 250, sessionTimeoutMs: SESSION_TIMEOUT_MS, prepare };
  const feed: KafkaFeed = new KafkaFeed(kafka, reading, {
    assigned: (partitions) => {
      for (const partition of partitions) {
        const counter = open.get(partition);
        if (counter === undefined) feed.pause(partition);
        else feed.seek(partition, counter.next);
      }
    },
    batch: (partition, fetched, messages, end) => {
      const counter = open.get(partition);
      if (counter === undefined || !counter.take(fetched, messages, end)) return;
      counter.addTo(counts);
      open.delete(partition);
      feed.pause(partition);
      if (open.size === 0) done();
    },
    lost: () => undefined,
  });
  try {
    await within(TIMEOUT_MS, 'Counting what is pending', finished);
    return counts;
  } finally {
    await feed.stop();
  }
}

class Counter {
  private readonly seen = new Map<string, number>();
  private looked = 0;
  next: number;

  constructor(
    private readonly from: number,
    private readonly to: number,
  ) {
    this.next = from;
  }

  /** Counts a fetch; true when there is no more to look at. */
  take(fetched: number, messages: readonly KafkaMessage[], end: number): boolean {
    if (fetched < this.next || (fetched > this.next && this.looked === 0)) return false;
    for (const message of messages) {
      if (Number(message.offset) >= this.to) break;
      const scope = recordOf(message).scope ?? '';
      this.seen.set(scope, (this.seen.get(scope) ?? 0) + 1);
      this.looked += 1;
    }
    this.next = end;
    return end >= this.to || this.looked >= LOOKED_AT;
  }

  /** Adds what was seen, scaled up to the whole stretch; the last scope takes what rounding leaves. */
  addTo(counts: Map<string, number>): void {
    const all = this.next >= this.to ? this.looked : this.to - this.from;
    let left = all;
    const scopes = [...this.seen];
    for (const [index, [scope, count]] of scopes.entries()) {
      const share = index === scopes.length - 1 ? left : Math.round((count / this.looked) * all);
      left -= share;
      counts.set(scope, (counts.get(scope) ?? 0) + share);
    }
  }
}
