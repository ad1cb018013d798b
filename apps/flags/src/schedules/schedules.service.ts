import {
  AppError,
  type AuditRecord,
  type cancelFlagSchedule,
  type createFlagRamp,
  type createFlagSchedule,
  type FlagPatch,
  type FlagSchedule,
  type listFlagSchedules,
  type Page,
} from '@assay/contracts';
import { Environment, FlagSchedule as ScheduleRow } from '@assay/models';
import { Clock, pageOf, type Call } from '@assay/platform';
import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { v7 } from 'uuid';
import { FlagRepository } from '../definition/flag.repository.js';
import { Journal } from '../editing/journal.service.js';

interface Plan {
  readonly at: string;
  readonly change: FlagPatch;
  readonly rampId: string | null;
}

type Planning = Call<typeof createFlagSchedule> | Call<typeof createFlagRamp>;

/** Changes of flags that are to be made later. */
@Injectable()
export class SchedulesService {
  constructor(
    private readonly em: EntityManager,
    private readonly clock: Clock,
    private readonly flags: FlagRepository,
    private readonly journal: Journal,
  ) {}

  async list({ scope, params, query }: Call<typeof listFlagSchedules>): Promise<Page<FlagSchedule>> {
    const em = this.em.fork();
    const { id } = await this.flags.get(em, scope.projectId, params.id);
    const page = await pageOf(em, ScheduleRow, { featureFlag: id }, query, {
      sortable: ['at', 'createdAt'],
      searchable: ['reason', 'actorName'],
    });
    const names = await environmentNames(em, scope.projectId);
    return { ...page, items: page.items.map((row) => toSchedule(row, names)) };
  }

  async create(call: Call<typeof createFlagSchedule>): Promise<FlagSchedule> {
    const [made] = await this.plan(call, [{ at: call.body.at, change: call.body.change, rampId: null }]);
    return made as FlagSchedule;
  }

  async ramp(call: Call<typeof createFlagRamp>): Promise<{ ramp: string; steps: FlagSchedule[] }> {
    const { steps } = call.body;
    steps.forEach(({ at, rolloutPercentage }, index) => {
      const last = steps[index - 1];
      if (last === undefined) return;
      if (Date.parse(at) <= Date.parse(last.at))
        throw AppError.field(`steps[${index}].at`, 'must be after the step before');
      if (rolloutPercentage <= last.rolloutPercentage) {
        throw AppError.field(`steps[${index}].rolloutPercentage`, 'must be more than in the step before');
      }
    });
    const ramp = v7();
    const plans = steps.map(({ at, rolloutPercentage }) => ({ at, change: { rolloutPercentage }, rampId: ramp }));
    return { ramp, steps: await this.plan(call, plans) };
  }

  async cancel(call: Call<typeof cancelFlagSchedule>): Promise<void> {
    const { scope, params } = call;
    await this.em.fork().transactional(async (em) => {
      const flag = await this.flags.lock(em, scope.projectId, params.id);
      const either = [{ id: params.schedule }, { rampId: params.schedule }];
      const rows = await em.find(ScheduleRow, { featureFlag: flag.id, $or: either });
      if (rows.length === 0) throw AppError.notFound('Planned change', params.schedule);
      const pending = rows.filter(({ status }) => status === 'PENDING');
      for (const row of pending) row.status = 'CANCELLED';
      const names = await environmentNames(em, scope.projectId);
      const before = planned(pending.map((row) => toSchedule(row, names)));
      if (pending.length > 0)
        await this.journal.note(em, flag, call, { change: 'schedule_cancelled', before, after: null });
    });
  }

  private async plan(call: Planning, plans: readonly Plan[]): Promise<FlagSchedule[]> {
    const { scope, params, body, actor } = call;
    return this.em.fork().transactional(async (em) => {
      const flag = await this.flags.lock(em, scope.projectId, params.id);
      if (flag.archivedAt !== null)
        throw AppError.conflict(`Flag '${flag.key}' is archived: bring it back first.`, 'archived');
      const names = await environmentNames(em, scope.projectId);
      const environmentId = body.environment === null ? null : environmentOf(names, body.environment);
      const rows = plans.map((plan) => {
        this.requireAhead(plan.at);
        return em.create(ScheduleRow, {
          id: v7(),
          featureFlag: flag,
          environmentId,
          at: new Date(plan.at),
          change: { ...plan.change },
          reason: body.reason,
          rampId: plan.rampId,
          actorId: actor.id,
          actorName: actor.name,
        });
      });
      await em.flush();
      const made = rows.map((row) => toSchedule(row, names));
      await this.journal.note(em, flag, call, { change: 'scheduled', before: null, after: planned(made) });
      return made;
    });
  }

  private requireAhead(at: string): void {
    if (Date.parse(at) <= this.clock.now().getTime()) throw AppError.field('at', 'must be in the future');
  }
}

/** What the audit shows of plans. */
const planned = (schedules: readonly FlagSchedule[]) => ({ planned: schedules }) as unknown as AuditRecord['after'];

type Names = ReadonlyMap<string, string>;

async function environmentNames(em: EntityManager, project: string): Promise<Names> {
  const rows = await em.find(Environment, { project });
  return new Map(rows.map(({ id, key }) => [id, key]));
}

function environmentOf(names: Names, key: string): string {
  const found = [...names].find(([, name]) => name === key)?.[0];
  if (found === undefined) throw AppError.field('environment', `must be one of ${[...names.values()].join(', ')}`);
  return found;
}

function toSchedule(row: ScheduleRow, names: Names): FlagSchedule {
  return {
    id: row.id,
    at: row.at.toISOString(),
    environment: row.environmentId === null ? null : (names.get(row.environmentId) ?? row.environmentId),
    change: row.change as FlagPatch,
    reason: row.reason,
    status: row.status,
    failure: row.failure,
    ramp: row.rampId,
    plannedBy: row.actorName,
    createdAt: row.createdAt.toISOString(),
  };
}
