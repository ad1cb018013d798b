import { createHash } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { Signal } from '../log/signal.js';
import type { PgSession } from './pg-session.js';

/** A process's wish to take part in handling the partitions of a group. */
export interface Claim {
  /** The same in every process of the group: `<group>/<topic>`. */
  readonly name: string;
  readonly partitions: number;
  readonly gained: (partition: number) => void;
  /** Stop work on it; resolves when it may be handed on. */
  readonly lost: (partition: number) => Promise<void>;
}

interface Held {
  readonly claim: Claim;
  readonly member: string;
  readonly keys: readonly string[];
  readonly mine: Set<number>;
  readonly leaving: Set<number>;
  joined: boolean;
}

const TICK_MS = 1_000;
/** After a lost race for a free partition, look again. */
const RACE_MS = 30;

const LOCKS = `SELECT ((classid::bigint << 32) | objid::bigint)::text AS key, count(*)::int AS holders
FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1 AND granted
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
GROUP BY 1`;

/**
 * Shares the partitions of each group among its processes: a partition belongs to who holds its advisory lock; a shared lock
 * per group counts the members, and nobody takes more than an even part. Locks go with the session, so those of a killed
 * process are free at once, those of a frozen one after the session's idle timeout. Two processes may for a moment both
 * believe to hold a partition: the fenced offsets make that harmless.
 */
export class Leases {
  private readonly logger = new Logger('log');
  private readonly held = new Set<Held>();
  private readonly bell = new Signal();
  private readonly unsubscribe: (() => void)[] = [];
  private running: Promise<void> | undefined;
  private stopped = false;

  constructor(private readonly session: PgSession) {}

  start(): void {
    this.unsubscribe.push(
      this.session.onUp(() => this.bell.ring()),
      this.session.onDown(() => this.dropAll()),
      this.session.listen('assay_log_leases', () => this.bell.ring()),
    );
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    for (const unsubscribe of this.unsubscribe) unsubscribe();
    this.bell.ring();
    await this.running;
  }

  add(claim: Claim): () => Promise<void> {
    const held: Held = {
      claim,
      member: lockKey(`${claim.name}/member`),
      keys: Array.from({ length: claim.partitions }, (_, partition) => lockKey(`${claim.name}/${partition}`)),
      mine: new Set(),
      leaving: new Set(),
      joined: false,
    };
    this.held.add(held);
    this.bell.ring();
    return () => this.remove(held);
  }

  private async remove(held: Held): Promise<void> {
    this.held.delete(held);
    await Promise.all([...held.mine].map((partition) => this.release(held, partition)));
    await this.leave(held).catch(() => undefined);
  }

  private async leave(held: Held): Promise<void> {
    if (!held.joined) return;
    held.joined = false;
    await this.session.query(`SELECT pg_advisory_unlock_shared($1), pg_notify('assay_log_leases', '')`, [held.member]);
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      try {
        if (this.session.connected && this.held.size > 0) await this.balance();
      } catch (error) {
        this.logger.debug({ err: String(error) }, 'the partitions could not be shared out this time');
      }
      await this.bell.wait(TICK_MS);
    }
  }

  private async balance(): Promise<void> {
    for (const held of this.held) {
      if (held.joined) continue;
      await this.session.query(`SELECT pg_advisory_lock_shared($1), pg_notify('assay_log_leases', '')`, [held.member]);
      held.joined = true;
      if (!this.held.has(held)) await this.leave(held);
    }
    const { rows } = await this.session.query(LOCKS);
    const holders = new Map(rows.map((row) => [row['key'] as string, Number(row['holders'])]));
    for (const held of this.held) {
      const fair = Math.ceil(held.claim.partitions / Math.max(1, holders.get(held.member) ?? 1));
      const kept = [...held.mine].filter((partition) => !held.leaving.has(partition));
      for (const partition of kept.slice(fair)) void this.release(held, partition);
      if (kept.length < fair) await this.acquire(held, holders, fair - kept.length);
    }
  }

  private async acquire(held: Held, holders: ReadonlyMap<string, number>, wanted: number): Promise<void> {
    const free = held.keys.flatMap((key, partition) =>
      holders.has(key) || held.mine.has(partition) ? [] : [partition],
    );
    // Members that look at the same time begin at different places.
    const start = Math.floor(Math.random() * free.length);
    const tried = [...free.slice(start), ...free.slice(0, start)].slice(0, wanted);
    if (tried.length === 0) return;
    const { rows } = await this.session.query(
      'SELECT partition, pg_try_advisory_lock(key) AS got FROM unnest($1::int[], $2::bigint[]) AS wanted(partition, key)',
      [tried, tried.map((partition) => held.keys[partition])],
    );
    if (rows.some((row) => row['got'] !== true)) setTimeout(() => this.bell.ring(), RACE_MS).unref();
    for (const row of rows) {
      if (row['got'] !== true) continue;
      const partition = Number(row['partition']);
      if (!this.held.has(held)) {
        await this.unlock(held, partition);
      } else {
        held.mine.add(partition);
        held.claim.gained(partition);
      }
    }
  }

  private async release(held: Held, partition: number): Promise<void> {
    if (held.leaving.has(partition)) return;
    held.leaving.add(partition);
    await held.claim.lost(partition);
    if (!held.leaving.delete(partition) || !held.mine.delete(partition)) return;
    await this.unlock(held, partition).catch(() => undefined);
  }

  private async unlock(held: Held, partition: number): Promise<void> {
    await this.session.query(`SELECT pg_advisory_unlock($1), pg_notify('assay_log_leases', '')`, [
      held.keys[partition],
    ]);
  }

  /** The session is gone and its locks with it. */
  private dropAll(): void {
    for (const held of this.held) {
      held.joined = false;
      const lost = [...held.mine];
      held.mine.clear();
      held.leaving.clear();
      for (const partition of lost) void held.claim.lost(partition);
    }
  }
}

/** 64-bit advisory lock key of a name, as decimal text. */
export function lockKey(name: string): string {
  return createHash('sha256').update(`assay/log/${name}`).digest().readBigInt64BE(0).toString();
}
