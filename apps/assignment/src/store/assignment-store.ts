import { AppError } from '@assay/contracts';
import { asUnavailable } from '@assay/platform';
import { Injectable } from '@nestjs/common';
import { AssignmentRepository, type Lookup, type Stored } from './assignment.repository.js';
import { KnownUnits, type KnownAssignment } from './known-units.js';

/** About 250 bytes each. */
const MOST_KNOWN = 100_000;
const MOST_AT_ONCE = 500;
/** Round trips at the same time; what comes meanwhile shares the next one. */
const MOST_RUNNING = 4;

interface Waiting {
  readonly lookup: Lookup;
  readonly resolve: (stored: Stored | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The first assignment of each unit. A unit that this process has seen costs nothing; others share round trips with those
 * who ask at the same time.
 */
@Injectable()
export class AssignmentStore {
  private readonly known = new KnownUnits(MOST_KNOWN);
  private readonly asked = new Map<string, Promise<Stored | undefined>>();
  private waiting: Waiting[] = [];
  private running = 0;
  private planned = false;

  constructor(private readonly repository: AssignmentRepository) {}

  /** What this process remembers of a unit. */
  recall(experimentId: string, userId: string): KnownAssignment | undefined {
    return this.known.get(experimentId, userId);
  }

  /** What is stored of a unit, after storing the candidate if there is one and nothing was. */
  async keep(lookup: Lookup): Promise<Stored | undefined> {
    const name = `${lookup.experimentId}/${lookup.userId}`;
    // Two of one unit in one statement would both believe to be new.
    await this.asked.get(name)?.catch(() => undefined);
    const known = this.known.get(lookup.experimentId, lookup.userId);
    if (known !== undefined) return { ...known, fresh: false };
    const asked = this.asked.get(name);
    if (asked !== undefined) return this.keep(lookup);
    const answer = this.enqueue(lookup).finally(() => this.asked.delete(name));
    this.asked.set(name, answer);
    return answer;
  }

  private enqueue(lookup: Lookup): Promise<Stored | undefined> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ lookup, resolve, reject });
      if (this.planned) return;
      this.planned = true;
      // Whoever asks in the same turn of the loop shares the round trip.
      setImmediate(() => {
        this.planned = false;
        this.start();
      });
    });
  }

  private start(): void {
    while (this.running < MOST_RUNNING && this.waiting.length > 0) {
      const batch = this.waiting.splice(0, MOST_AT_ONCE);
      this.running += 1;
      void this.run(batch).finally(() => {
        this.running -= 1;
        this.start();
      });
    }
  }

  private async run(batch: readonly Waiting[]): Promise<void> {
    try {
      const stored = await this.repository.assign(batch.map(({ lookup }) => lookup));
      batch.forEach((waiting, index) => this.settle(waiting, stored[index]));
    } catch (error) {
      // One row that cannot be stored must not cost the others theirs.
      if (batch.length > 1 && asUnavailable(error) === undefined) {
        for (const waiting of batch) await this.run([waiting]);
        return;
      }
      for (const { lookup, reject } of batch) reject(refusalOf(error, lookup));
    }
  }

  private settle({ lookup, resolve }: Waiting, stored: Stored | undefined): void {
    if (stored !== undefined) {
      const { variantId, bucket, definitionVersion } = stored;
      this.known.set(lookup.experimentId, lookup.userId, { variantId, bucket, definitionVersion });
    }
    resolve(stored);
  }
}

const FOREIGN_KEY_VIOLATION = '23503';

/** The experiment, or its variant, has been deleted while this process still knew it. */
function refusalOf(error: unknown, { experimentId }: Lookup): unknown {
  const code: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : undefined;
  return code === FOREIGN_KEY_VIOLATION ? AppError.notFound('Experiment', experimentId) : error;
}
