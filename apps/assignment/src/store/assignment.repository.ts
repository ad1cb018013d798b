import { assignmentRecorded, type AssignmentRecorded, type Envelope } from '@assay/contracts';
import { POOL } from '@assay/platform';
import { Inject, Injectable } from '@nestjs/common';
import type pg from 'pg';
import { v7 } from 'uuid';
import type { KnownAssignment } from './known-units.js';

/** A unit that is looked for; with a candidate it is assigned if it is not there yet. */
export interface Lookup {
  readonly projectId: string;
  readonly experimentId: string;
  readonly userId: string;
  readonly candidate?: Candidate;
}

/** What a unit gets if nobody was faster. */
export interface Candidate extends KnownAssignment {
  readonly context: Readonly<Record<string, unknown>>;
  readonly propensity: number;
  readonly at: Date;
}

/** A stored assignment; `fresh` when this very call made it. */
export interface Stored extends KnownAssignment {
  readonly fresh: boolean;
}

/**
 * One round trip and one transaction: the rows that are new, a message in the outbox for each of them, and the rows that were
 * there before. Messages of different units have no order to keep, so they need not wait for each other as others in the
 * outbox do. Rows are inserted in the order of their unique index, so that processes that insert the same ones cannot deadlock.
 */
const ASSIGN = `WITH input AS MATERIALIZED (
  SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::text[], $6::int[], $7::int[], $8::float8[], $9::timestamptz[], $10::text[], $11::text[], $12::text[])
    AS i(id, experiment_id, user_id, variant_id, context, bucket, definition_version, propensity, at, key, scope, envelope)
), made AS (
  INSERT INTO experimentation.assignments
    (id, created_at, updated_at, experiment_id, variant_id, user_id, context, bucket, definition_version, propensity)
  SELECT id, at, at, experiment_id, variant_id, user_id, context::jsonb, bucket, definition_version, propensity
  FROM input WHERE variant_id IS NOT NULL ORDER BY experiment_id, user_id
  ON CONFLICT (experiment_id, user_id) DO NOTHING
  RETURNING id, experiment_id, user_id, variant_id, bucket, definition_version
), told AS (
  INSERT INTO experimentation.outbox (topic, key, scope, envelope)
  SELECT $13::text, i.key, i.scope, i.envelope::jsonb FROM made JOIN input i USING (id)
)
SELECT experiment_id, user_id, variant_id, bucket, definition_version, true AS fresh FROM made
UNION ALL
SELECT a.experiment_id, a.user_id, a.variant_id, a.bucket, a.definition_version, false
FROM input i JOIN experimentation.assignments a ON a.experiment_id = i.experiment_id AND a.user_id = i.user_id`;

interface Row {
  readonly experiment_id: string;
  readonly user_id: string;
  readonly variant_id: string;
  readonly bucket: number;
  readonly definition_version: number;
  readonly fresh: boolean;
}

const nameOf = (experimentId: string, userId: string): string => `${experimentId}/${userId}`;

/** Assignments in their table, many at a time. */
@Injectable()
export class AssignmentRepository {
  constructor(@Inject(POOL) private readonly pool: pg.Pool) {}

  /** For each lookup what is stored afterwards; undefined for a unit that is not assigned and has no candidate. No two alike. */
  async assign(lookups: readonly Lookup[]): Promise<(Stored | undefined)[]> {
    const found = await this.query(lookups);
    // Somebody else's row that was not yet committed when the statement began: it is by now, or it never will be.
    for (let missing = missingOf(lookups, found); missing.length > 0; missing = missingOf(lookups, found)) {
      for (const [name, stored] of await this.query(missing)) found.set(name, stored);
    }
    return lookups.map(({ experimentId, userId }) => found.get(nameOf(experimentId, userId)));
  }

  private async query(lookups: readonly Lookup[]): Promise<Map<string, Stored>> {
    const rows = lookups.map(rowOf);
    const columns = Array.from({ length: 12 }, (_, column) => rows.map((row) => row[column] ?? null));
    const result = await this.pool.query<Row>({
      name: 'assay-assign',
      text: ASSIGN,
      values: [...columns, assignmentRecorded.name],
    });
    return new Map(
      result.rows.map((row) => [
        nameOf(row.experiment_id, row.user_id),
        {
          variantId: row.variant_id,
          bucket: row.bucket,
          definitionVersion: row.definition_version,
          fresh: row.fresh,
        },
      ]),
    );
  }
}

function rowOf({ projectId, experimentId, userId, candidate }: Lookup): unknown[] {
  const id = v7();
  if (candidate === undefined) return [id, experimentId, userId];
  const { variantId, context, bucket, definitionVersion, propensity, at } = candidate;
  const key = `${projectId}:${userId}`;
  const data = { projectId, experimentId, variantId, userId, at: at.getTime(), definitionVersion, propensity, bucket };
  return [
    id,
    experimentId,
    userId,
    variantId,
    JSON.stringify(context),
    bucket,
    definitionVersion,
    propensity,
    at,
    key,
    projectId,
    JSON.stringify(envelopeOf(key, data, at)),
  ];
}

function envelopeOf(key: string, data: AssignmentRecorded, at: Date): Envelope<AssignmentRecorded> {
  return {
    specversion: '1.0',
    id: v7(),
    type: assignmentRecorded.type,
    source: '/assay/assignment',
    time: at.toISOString(),
    subject: key,
    datacontenttype: 'application/json',
    scope: data.projectId,
    data,
  };
}

function missingOf(lookups: readonly Lookup[], found: ReadonlyMap<string, Stored>): Lookup[] {
  return lookups.filter(
    ({ experimentId, userId, candidate }) => candidate !== undefined && !found.has(nameOf(experimentId, userId)),
  );
}
