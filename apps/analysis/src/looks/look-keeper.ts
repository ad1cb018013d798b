import type { ExperimentDefinition } from '@assay/contracts';
import { ExperimentCatalog } from '@assay/definitions';
import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { ResultsService } from '../results/results.service.js';
import { plannedUnitsOf } from '../results/sequential-input.js';
import { groupSequentialMethod, nextLook } from './look-schedule.js';
import { LookStore } from './look-store.js';
import { looksOf } from './look-taken.js';

const CHECK_MS = 30_000;
/** Of the others a look is taken when somebody asks. */
const UNDER_WAY: ReadonlySet<ExperimentDefinition['status']> = new Set(['ACTIVE', 'PAUSED']);

/**
 * Takes looks that nobody asks for: when a plan looks at its data must not depend on who is curious. They are taken when
 * nothing more has come due since the check before, so that a file that is being imported does not get a look at its first half. Every replica checks; the store
 * lets one of them take each look.
 */
@Injectable()
export class LookKeeper implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(LookKeeper.name);
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  /** What was due at the last check, by experiment id. */
  private waiting: ReadonlyMap<string, string> = new Map();

  constructor(
    private readonly experiments: ExperimentCatalog,
    private readonly store: LookStore,
    private readonly results: ResultsService,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.check(), CHECK_MS).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  /** Goes through the experiments that are under way; resolves when the looks have been taken. */
  check(): Promise<void> {
    this.running ??= this.checkAll().finally(() => (this.running = undefined));
    return this.running;
  }

  private async checkAll(): Promise<void> {
    const waiting = new Map<string, string>();
    for (const definition of [...this.experiments.all()]) {
      if (!UNDER_WAY.has(definition.status) || groupSequentialMethod(definition.analysis) === null) continue;
      try {
        const due = await this.due(definition);
        if (due === '') continue;
        if (this.waiting.get(definition.id) === due) await this.results.read(definition.projectId, definition.id, {});
        else waiting.set(definition.id, due);
      } catch (error) {
        this.logger.warn({ err: String(error), experiment: definition.key }, 'looks could not be taken');
      }
    }
    this.waiting = waiting;
  }

  /** Names of the looks that may be due, by the units alone: a metric may leave units out but never adds any. */
  private async due({ id, analysis, metrics, variants }: ExperimentDefinition): Promise<string> {
    const [units, taken] = [await this.store.units(id), await this.store.read(id)];
    const control = variants.find(({ isControl }) => isControl)?.id ?? '';
    return variants
      .filter(({ isControl }) => !isControl)
      .flatMap(({ id: variantId }) => {
        const both = (units.get(control) ?? 0) + (units.get(variantId) ?? 0);
        return metrics.flatMap((metric) => {
          const looks = looksOf(taken, metric.name, variantId);
          const next = nextLook(looks, plannedUnitsOf(analysis, metric), analysis.looks);
          return next !== null && both >= next.units ? [`${metric.name}/${variantId}/${next.look}`] : [];
        });
      })
      .join('\n');
  }
}
