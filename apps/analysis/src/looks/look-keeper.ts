import type { ExperimentDefinition } from '@assay/contracts';
import { ExperimentCatalog } from '@assay/definitions';
import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { ResultsService } from '../results/results.service.js';
import { plannedUnitsOf } from '../results/sequential-input.js';
import { groupSequentialMethod, nextLook } from './look-schedule.js';
import { LookStore } from './look-store.js';
import { looksOf } from './look-taken.js';

/** So long may a look that nobody asks for be behind the data that it is due by. */
const CHECK_MS = 30_000;

/**
 * Takes looks that nobody asks for: when a plan looks at its data must not depend on who is curious. Every replica does so;
 * the store lets one of them take each look.
 */
@Injectable()
export class LookKeeper implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(LookKeeper.name);
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;

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

  /** Goes through the experiments that are under way; resolves when all looks that are due have been taken. */
  check(): Promise<void> {
    this.running ??= this.checkAll().finally(() => (this.running = undefined));
    return this.running;
  }

  private async checkAll(): Promise<void> {
    for (const definition of [...this.experiments.all()]) {
      if (definition.status === 'DRAFT' || groupSequentialMethod(definition.analysis) === null) continue;
      try {
        if (await this.mayBeDue(definition)) await this.results.read(definition.projectId, definition.id, {});
      } catch (error) {
        this.logger.warn({ err: String(error), experiment: definition.key }, 'looks could not be taken');
      }
    }
  }

  /** By the units alone, which a metric may leave out but never adds to. */
  private async mayBeDue({ id, analysis, metrics, variants }: ExperimentDefinition): Promise<boolean> {
    const [units, taken] = [await this.store.units(id), await this.store.read(id)];
    const control = variants.find(({ isControl }) => isControl)?.id ?? '';
    return variants.some(({ id: variantId, isControl }) => {
      if (isControl) return false;
      const both = (units.get(control) ?? 0) + (units.get(variantId) ?? 0);
      return metrics.some((metric) => {
        const looks = looksOf(taken, metric.name, variantId);
        const next = nextLook(looks, plannedUnitsOf(analysis, metric), analysis.looks);
        return next !== null && both >= next.units;
      });
    });
  }
}
