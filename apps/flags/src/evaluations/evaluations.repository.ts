import type { FlagEvaluated, FlagEvaluations } from '@assay/contracts';
import { Environment } from '@assay/models';
import type { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import type pg from 'pg';

const ADD = `
  insert into experimentation.flag_evaluation_counts (feature_flag_id, environment_id, day, variant, count, last_at)
  select f, e, d::date, v, sum(c), max(a) from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::bigint[], $6::timestamptz[])
    as i(f, e, d, v, c, a) group by f, e, d, v order by f, e, d, v
  on conflict (feature_flag_id, environment_id, day, variant) do update
    set count = flag_evaluation_counts.count + excluded.count,
        last_at = greatest(flag_evaluation_counts.last_at, excluded.last_at)`;

const READ = `
  select to_char(day, 'YYYY-MM-DD') as day, environment_id, variant, count::float8 as count, last_at
  from experimentation.flag_evaluation_counts where feature_flag_id = ? and day > current_date - ?::int
  order by day desc, environment_id, variant`;

interface Row {
  readonly day: string;
  readonly environment_id: string;
  readonly variant: string;
  readonly count: number;
  readonly last_at: Date | string;
}

/** How often flags were evaluated. */
@Injectable()
export class EvaluationsRepository {
  /** Adds what processes have counted, in the caller's transaction. */
  async add(client: Pick<pg.PoolClient, 'query'>, messages: readonly FlagEvaluated[]): Promise<void> {
    const rows = messages.flatMap(({ environmentId, at, counts }) => {
      const time = new Date(at).toISOString();
      return counts.map(({ flagId, variant, count }) => [
        flagId,
        environmentId,
        time.slice(0, 10),
        variant,
        count,
        time,
      ]);
    });
    if (rows.length === 0) return;
    await client.query(
      ADD,
      [0, 1, 2, 3, 4, 5].map((column) => rows.map((row) => row[column])),
    );
  }

  async read(
    em: EntityManager,
    flag: { id: string; key: string; project: { id: string } },
    days: number,
  ): Promise<FlagEvaluations> {
    const rows = await em.execute<Row[]>(READ, [flag.id, days]);
    const environments = await em.find(Environment, { project: flag.project.id });
    const names = new Map(environments.map(({ id, key }) => [id, key]));
    const last = rows.reduce((latest, row) => Math.max(latest, new Date(row.last_at).getTime()), 0);
    return {
      flag: flag.key,
      total: rows.reduce((sum, { count }) => sum + count, 0),
      lastEvaluatedAt: last === 0 ? null : new Date(last).toISOString(),
      counts: rows.map(({ day, environment_id, variant, count }) => ({
        day,
        environment: names.get(environment_id) ?? environment_id,
        variant: variant === '' ? null : variant,
        count,
      })),
    };
  }
}
