import { flagEvaluated, type FlagEvaluated } from '@assay/contracts';
import { LogProducer } from '@assay/messaging';
import { Clock } from '@assay/platform';
import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Environments } from '../environment/environments.service.js';
import type { EnvironmentView } from '../environment/environment-view.js';

const EVERY_MS = 5_000;
/** Messages kept while the log is away: counts are worth less than memory. */
const MOST_WAITING = 1_000;

/** Tells the flags service how often flags were evaluated: what the answers have counted, every few seconds. */
@Injectable()
export class EvaluationCounts implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('counts');
  private waiting: FlagEvaluated[] = [];
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly environments: Environments,
    private readonly producer: LogProducer,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.tell(), EVERY_MS).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.tell();
  }

  async tell(): Promise<void> {
    const at = this.clock.now().getTime();
    for (const view of this.environments.all()) this.waiting.push(...messageOf(view, at));
    const messages = this.waiting.splice(0);
    if (messages.length === 0) return;
    try {
      const records = messages.map((data) => ({ key: data.environmentId, scope: data.projectId, data }));
      await this.producer.append(flagEvaluated, records);
    } catch (error) {
      this.waiting = [...messages, ...this.waiting].slice(-MOST_WAITING);
      this.logger.debug({ err: String(error) }, 'counts wait for the log');
    }
  }
}

function messageOf(view: EnvironmentView, at: number): FlagEvaluated[] {
  const counts = view
    .takeServed()
    .flatMap((served) =>
      [...served.takeCounts()].map(([variant, count]) => ({ flagId: served.definition.id, variant, count })),
    );
  return counts.length === 0 ? [] : [{ ...view.place, at, counts }];
}
