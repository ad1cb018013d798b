import type pg from 'pg';
import { Injectable } from '@nestjs/common';
import { readRanks } from '../apply/read-ranks.js';
import type { ExperimentPlan } from '../plan/experiment-plan.js';
import { settledSets } from '../ranks/add-runs.js';
import type { StoredSize } from '../ranks/fold-rule.js';
import type { RankSet } from '../ranks/rank-run.js';
import { RankedRuns } from '../ranks/ranked-runs.js';
import { bytesHeld, heldShard, missingRows, type HeldShard } from './held-shard.js';
import type { RankedMetrics } from './ranked-units.js';

/**
 * Bytes of ranked values that a process holds between requests. They lie outside of the JavaScript heap. A million units with a
 * capped metric, its covariate and a quantile are 40 MB; what does not fit is read again at the next request.
 */
const HELD_BYTES = 64 * 1024 * 1024;

const ROWS = `
  SELECT shard, id, octet_length(body) AS bytes
  FROM experimentation.ranked_changes WHERE experiment_id = $1 ORDER BY shard, id`;

interface HeldExperiment {
  readonly layoutHash: string;
  readonly shards: ReadonlyMap<number, HeldShard>;
  readonly ranked: RankedRuns;
  readonly bytes: number;
}

/** Reads the ranked values that the consumers keep, of which only those rows are fetched that this process does not hold. */
@Injectable()
export class RankReader {
  /** The experiments used least recently come first. */
  private readonly held = new Map<string, HeldExperiment>();

  /** What the metrics that sums do not tell are, in the snapshot of `client`; the shards have the layout of the plan. */
  async read(client: pg.ClientBase, plan: ExperimentPlan): Promise<RankedMetrics> {
    if (plan.ranked.length === 0) return new Map();
    const { id } = plan.definition;
    const found = this.held.get(id);
    const held = found?.layoutHash === plan.layoutHash ? found : undefined;
    const shards = await this.shards(client, id, held?.shards);
    const ranked = held?.ranked ?? new RankedRuns();
    const results = ranked.results(plan, settledSets([...shards.values()].map(({ total }) => total)));
    this.hold(id, { layoutHash: plan.layoutHash, shards, ranked, bytes: bytesHeld(shards.values()) });
    return results;
  }

  private async shards(
    client: pg.ClientBase,
    experimentId: string,
    held: ReadonlyMap<number, HeldShard> | undefined,
  ): Promise<Map<number, HeldShard>> {
    const { rows } = await client.query<StoredSize & { shard: number }>({
      name: 'assay-read-rank-rows',
      text: ROWS,
      values: [experimentId],
    });
    const parts = [...new Set(rows.map(({ shard }) => shard))].map((shard) => {
      const stored = rows.filter((row) => row.shard === shard);
      return { shard, stored, before: held?.get(shard) };
    });
    const missing = parts.flatMap(({ before, stored }) => missingRows(before, stored));
    const fetched = await readRanks(client, experimentId, missing);
    return new Map(
      parts.map(({ shard, before, stored }) => {
        const own = missingRows(before, stored).flatMap(({ id }): [string, RankSet][] => {
          const ranks = fetched.get(id);
          return ranks === undefined ? [] : [[id, ranks]];
        });
        return [shard, heldShard(before, stored, new Map(own))];
      }),
    );
  }

  private hold(experimentId: string, experiment: HeldExperiment): void {
    this.held.delete(experimentId);
    if (experiment.bytes > HELD_BYTES) return;
    this.held.set(experimentId, experiment);
    let bytes = 0;
    for (const each of this.held.values()) bytes += each.bytes;
    for (const [oldest, each] of this.held) {
      if (bytes <= HELD_BYTES) break;
      this.held.delete(oldest);
      bytes -= each.bytes;
    }
  }
}
