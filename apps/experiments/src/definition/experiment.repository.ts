import { AppError, type ListQuery, type Page } from '@assay/contracts';
import { whereIdOrKey } from '@assay/definitions';
import { Environment, Experiment, type EntityManager } from '@assay/models';
import { pageOf, type ListRules } from '@assay/platform';
import { LockMode, raw, type FilterQuery } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';

const WHOLE = ['project', 'environment', 'variants', 'metricDefinitions'] as const;

const LIST_RULES: ListRules<Experiment> = {
  sortable: ['-createdAt', 'updatedAt', 'name', 'key', 'status'],
  searchable: ['key', 'name', 'description', 'hypothesis'],
  populate: WHOLE,
};

// Both walk the index on status and dates. A start date that was past already when it was written plans nothing.
const DUE_START = `
  select id, project_id as project from experimentation.experiments
  where status = 'DRAFT' and start_date <= ? and start_date > updated_at and id <> all(?::uuid[])
  order by start_date limit 1 for update skip locked`;
const DUE_END = `
  select id, project_id as project from experimentation.experiments
  where status in ('ACTIVE', 'PAUSED') and end_date <= ? and id <> all(?::uuid[])
  order by end_date limit 1 for update skip locked`;

export interface ExperimentFilter {
  readonly projectId: string;
  readonly environmentId: string;
  readonly status?: readonly Experiment['status'][] | undefined;
  readonly type?: readonly Experiment['experimentType'][] | undefined;
  readonly tag?: string | undefined;
  /** Id or user name. */
  readonly owner?: string | undefined;
}

/** Experiments in their tables. Rows come whole: with project, environment, variants and metrics. */
@Injectable()
export class ExperimentRepository {
  /** @throws AppError `not_found` */
  async get(em: EntityManager, projectId: string, idOrKey: string): Promise<Experiment> {
    const row = await em.findOne(Experiment, whereIdOrKey(projectId, idOrKey), { populate: WHOLE });
    if (row === null) throw AppError.notFound('Experiment', idOrKey);
    return row;
  }

  /** As `get`, with the row locked until the transaction ends: changes of one experiment take turns. */
  async lock(em: EntityManager, projectId: string, idOrKey: string): Promise<Experiment> {
    const row = await em.findOne(Experiment, whereIdOrKey(projectId, idOrKey), {
      lockMode: LockMode.PESSIMISTIC_WRITE,
    });
    if (row === null) throw AppError.notFound('Experiment', idOrKey);
    await em.populate(row, WHOLE);
    return row;
  }

  /** An experiment whose planned time has come and whom nobody else is changing, locked; undefined when there is none. */
  async lockDue(em: EntityManager, now: Date, except: readonly string[]): Promise<Experiment | undefined> {
    for (const statement of [DUE_START, DUE_END]) {
      const [due] = await em.execute<{ id: string; project: string }[]>(statement, [now, `{${except.join(',')}}`]);
      if (due !== undefined) return this.lock(em, due.project, due.id);
    }
    return undefined;
  }

  /** With its variants, metrics and revisions. */
  async remove(em: EntityManager, row: Experiment): Promise<void> {
    await em.nativeDelete(Experiment, { id: row.id });
  }

  list(em: EntityManager, filter: ExperimentFilter, query: ListQuery): Promise<Page<Experiment>> {
    return pageOf(em, Experiment, conditions(filter), query, LIST_RULES);
  }

  /** @throws AppError `validation_failed` on the field `environment` */
  async environment(em: EntityManager, projectId: string, key: string): Promise<Environment> {
    const environment = await em.findOne(Environment, { project: projectId, key });
    if (environment === null) throw AppError.field('environment', `'${key}' is not an environment of this project`);
    return environment;
  }
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function conditions({ projectId, environmentId, status, type, tag, owner }: ExperimentFilter): FilterQuery<Experiment> {
  return {
    project: projectId,
    environment: environmentId,
    ...(status === undefined ? {} : { status: { $in: [...status] } }),
    ...(type === undefined ? {} : { experimentType: { $in: [...type] } }),
    ...(tag === undefined ? {} : { [raw((alias) => `${alias}.tags @> ?::jsonb`, [JSON.stringify([tag])])]: [] }),
    ...(owner === undefined ? {} : { owner: UUID.test(owner) ? owner : { username: owner } }),
  };
}
