import { AppError } from '@assay/contracts';
import { whereIdOrKey } from '@assay/definitions';
import { Segment } from '@assay/models';
import { LockMode, type EntityManager, type FilterQuery } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';

/** Conditions refer to each other: what one change has checked, another must not undo meanwhile. */
const TURNS = `select pg_advisory_xact_lock(hashtextextended('assay:segments/' || ?, 0))`;

const NAMES = `'$.**.segment ? (@ == $key)', jsonb_build_object('key', ?::text)`;
const USERS = `
  select 'flag ' || key as name from experimentation.feature_flags
    where project_id = ? and jsonb_path_exists(definition, ${NAMES})
  union all select 'experiment ' || key from experimentation.experiments
    where project_id = ? and status <> 'ARCHIVED' and jsonb_path_exists(targeting_rules, ${NAMES})
  union all select 'segment ' || key from experimentation.segments
    where project_id = ? and jsonb_path_exists(condition, ${NAMES})
  order by name limit 10`;

/** Segments in their table. */
@Injectable()
export class SegmentRepository {
  /** With its project. @throws AppError `not_found` */
  async get(em: EntityManager, projectId: string, idOrKey: string): Promise<Segment> {
    const row = await em.findOne(Segment, whereSegment(projectId, idOrKey), { populate: ['project'] });
    if (row === null) throw AppError.notFound('Segment', idOrKey);
    return row;
  }

  /** As `get`, locked until the transaction ends. @throws AppError `not_found`, `version_conflict` */
  async lock(em: EntityManager, projectId: string, idOrKey: string, ifMatch: number | undefined): Promise<Segment> {
    const row = await em.findOne(Segment, whereSegment(projectId, idOrKey), { lockMode: LockMode.PESSIMISTIC_WRITE });
    if (row === null) throw AppError.notFound('Segment', idOrKey);
    if (ifMatch !== undefined && ifMatch !== row.version) throw AppError.versionConflict(String(ifMatch), row.version);
    await em.populate(row, ['project']);
    return row;
  }

  /** Until the transaction ends, nobody else changes segments of the project. */
  async takeTurns(em: EntityManager, projectId: string): Promise<void> {
    await em.execute(TURNS, [projectId]);
  }

  /** The conditions of a project by key, while nobody else changes them. */
  async conditions(em: EntityManager, projectId: string): Promise<Map<string, unknown>> {
    await this.takeTurns(em, projectId);
    const rows = await em.find(
      Segment,
      { project: projectId },
      { fields: ['key', 'condition'], disableIdentityMap: true },
    );
    return new Map(rows.map(({ key, condition }) => [key, condition]));
  }

  /** What names a segment, as texts for people. */
  async usersOf(em: EntityManager, projectId: string, key: string): Promise<string[]> {
    const rows = await em.execute<{ name: string }[]>(USERS, [projectId, key, projectId, key, projectId, key]);
    return rows.map(({ name }) => name);
  }
}

function whereSegment(projectId: string, idOrKey: string): FilterQuery<Segment> {
  // PostgreSQL cannot even compare with a NUL; nothing has such a key.
  if (idOrKey.includes('\u0000')) throw AppError.notFound('Segment', idOrKey);
  return whereIdOrKey(projectId, idOrKey);
}
