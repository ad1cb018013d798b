import { AppError, type Actor, type FlagPatch } from '@assay/contracts';
import { Environment, FlagSchedule } from '@assay/models';
import { Clock } from '@assay/platform';
import { EntityManager } from '@mikro-orm/postgresql';
import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { FlagsService } from '../definition/flags.service.js';
import { FlagEditor, type EditTarget } from '../editing/flag-editor.service.js';
import { FlagEnvironmentsService } from '../environments/flag-environments.service.js';
import { inTurn } from './turn.js';

/** Injection token: milliseconds between two looks at what is due; 0 leaves it to other processes. */
export const FLAG_SCHEDULE_INTERVAL = Symbol('assay:flags:schedule-interval');

const AT_ONCE = 100;

/**
 * Makes planned changes at their times, in the name of who planned them. Any number of processes may run it; one at a time
 * does. A change and the note that it was made are one transaction.
 */
@Injectable()
export class FlagScheduleJob implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('schedule');
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly em: EntityManager,
    private readonly clock: Clock,
    private readonly editor: FlagEditor,
    private readonly flags: FlagsService,
    private readonly environments: FlagEnvironmentsService,
    @Inject(FLAG_SCHEDULE_INTERVAL) private readonly intervalMs: number,
  ) {}

  onApplicationBootstrap(): void {
    if (this.intervalMs > 0) this.plan();
  }

  async onApplicationShutdown(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    await this.running;
  }

  /** Makes every change that is due, the earliest first; gives how many. */
  async runDue(): Promise<number> {
    const done = await inTurn(this.em, 'schedules', async (em) => {
      const where = { status: 'PENDING' as const, at: { $lte: this.clock.now() } };
      const due = await em.find(FlagSchedule, where, {
        orderBy: { at: 'asc', id: 'asc' },
        limit: AT_ONCE,
        populate: ['featureFlag'],
      });
      for (const schedule of due) await this.make(schedule);
      return due.length;
    });
    return done ?? 0;
  }

  private async make(schedule: FlagSchedule): Promise<void> {
    try {
      await this.apply(schedule);
      await this.settle(schedule.id, 'APPLIED', null);
    } catch (error) {
      // The database is away: it is due again at the next look.
      if (!(error instanceof AppError) || error.retryable) throw error;
      await this.settle(schedule.id, 'FAILED', failureOf(error));
      this.logger.warn({ schedule: schedule.id, reason: error.message }, 'a planned change could not be made');
    }
  }

  private async apply({
    id,
    featureFlag,
    environmentId,
    change,
    actorId,
    actorName,
    reason,
  }: FlagSchedule): Promise<void> {
    const { project } = featureFlag.getEntity();
    const target: EditTarget = {
      scope: { projectId: project.id },
      params: { id: featureFlag.id },
      ifMatch: undefined,
      actor: plannerOf(actorId, actorName),
      origin: { ip: '', userAgent: undefined, traceId: id },
    };
    const where = environmentId === null ? undefined : await this.placeOf(environmentId);
    await this.editor.edit(target, ({ em, row }) => {
      em.assign(em.getReference(FlagSchedule, id), { status: 'APPLIED' });
      const edited =
        where === undefined
          ? this.flags.patch(row, em, change as FlagPatch)
          : this.environments.change(row, where, change);
      if (edited === undefined) return undefined;
      return { entry: () => ({ ...edited.entry(), change: 'scheduled' as const, reason }), answer: () => undefined };
    });
  }

  private async placeOf(environmentId: string) {
    const { key } = await this.em.fork().findOneOrFail(Environment, environmentId);
    return { environmentId, environmentKey: key };
  }

  private async settle(id: string, status: FlagSchedule['status'], failure: string | null): Promise<void> {
    const em = this.em.fork();
    await em.nativeUpdate(FlagSchedule, { id, status: 'PENDING' }, { status, failure, updatedAt: this.clock.now() });
  }

  private plan(): void {
    this.timer = setTimeout(() => {
      this.running = this.runDue()
        .catch((error: unknown) =>
          this.logger.warn({ err: String(error) }, 'planned changes cannot be looked at right now'),
        )
        .finally(() => {
          if (this.timer !== undefined) this.plan();
        });
    }, this.intervalMs).unref();
  }
}

/** What was allowed when it was planned is done. */
const plannerOf = (id: string, name: string): Actor => ({
  kind: 'user',
  id,
  name,
  isSuperuser: false,
  permissions: new Set(['feature_flag:update']),
});

/** Every complaint once: the message of an invalid change tells of the first alone. */
function failureOf({ kind, message, errors }: AppError): string {
  if (kind !== 'validation' || errors.length < 2) return message;
  return errors.map(({ path, message: complaint }) => `${path}: ${complaint}`).join('; ');
}
