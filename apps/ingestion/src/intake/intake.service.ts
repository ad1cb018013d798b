import {
  eventAccepted,
  eventRejected,
  type AcceptedEvent,
  type EventInput,
  type EventRejection,
  type EventsAnswer,
  type Scope,
} from '@assay/contracts';
import { ExperimentCatalog, FlagCatalog } from '@assay/definitions';
import { LogProducer } from '@assay/messaging';
import { Clock } from '@assay/platform';
import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { BrokenLine } from '../ndjson/broken-line.js';
import { checkEvent, parseEvent, type Checked, type IntakeContext, type Refused } from './check-event.js';
import { idInRequest } from './event-key.js';
import { withInfiniteAsText } from './infinite-numbers.js';

/** What a batch is part of. */
export interface IntakeRequest {
  /** Index of the first event within the whole request. */
  readonly offset?: number;
  /** False: a refusal is only answered, not recorded (it is on record already when refused events are tried again). */
  readonly keepRefused?: boolean;
  /** By which the request is known when it is sent again. */
  readonly requestKey?: string;
}

/** Takes events in: checks each, appends the good and the refused to the log, answers when the log has them. */
@Injectable()
export class IntakeService {
  constructor(
    private readonly experiments: ExperimentCatalog,
    private readonly flags: FlagCatalog,
    private readonly producer: LogProducer,
    private readonly clock: Clock,
  ) {}

  async take(scope: Scope, events: readonly unknown[], request: IntakeRequest = {}): Promise<EventsAnswer> {
    const { offset = 0, keepRefused = true } = request;
    const parsed = events.map(parseEvent);
    await this.refreshReferences(scope.projectId, parsed);
    const newId = idsOf(scope.projectId, request);
    const context = this.context(scope, newId);
    const checked = parsed.map((event, index): Checked =>
      'input' in event ? checkEvent(event.input, index + offset, context) : event,
    );
    const accepted = checked.flatMap((event) => ('accepted' in event ? [event.accepted] : []));
    const rejected = checked.flatMap((event, index) =>
      'refused' in event
        ? [{ raw: events[index], refusal: this.rejection(event.refused, events[index], index + offset) }]
        : [],
    );
    const refusals = keepRefused ? this.appendRejected(scope, rejected, context) : undefined;
    await Promise.all([this.appendAccepted(scope, accepted), refusals]);
    return { accepted: accepted.length, rejected: rejected.map(({ refusal }) => refusal) };
  }

  private context(scope: Scope, newId: IntakeContext['newId']): IntakeContext {
    const { projectId, environmentId } = scope;
    return {
      projectId,
      environmentId,
      now: this.clock.now().getTime(),
      newId,
      references: {
        experiment: (idOrKey) => this.experiments.find(projectId, idOrKey),
        flagId: (idOrKey) => this.flags.find(projectId, idOrKey)?.id,
      },
    };
  }

  /**
   * An experiment that was created or started a moment ago may not have reached this process: what looks unknown or not
   * running is read again before an event is refused for it. The hot path (known and running) touches no database.
   */
  private async refreshReferences(
    projectId: string,
    parsed: readonly ({ input: EventInput } | { refused: Refused })[],
  ): Promise<void> {
    const experiments = new Set<string>();
    const flags = new Set<string>();
    for (const event of parsed) {
      if (!('input' in event)) continue;
      const { experiment, flag } = event.input;
      if (experiment != null && !this.isRunning(projectId, experiment)) experiments.add(experiment);
      if (flag != null && this.flags.find(projectId, flag) === undefined) flags.add(flag);
    }
    await Promise.all([
      ...[...experiments].map((key) => this.experiments.refresh(projectId, key)),
      ...[...flags].map((key) => this.flags.refresh(projectId, key)),
    ]);
  }

  private isRunning(projectId: string, idOrKey: string): boolean {
    const status = this.experiments.find(projectId, idOrKey)?.status;
    return status !== undefined && status !== 'DRAFT' && status !== 'ARCHIVED';
  }

  private rejection(refused: Refused, raw: unknown, index: number): EventRejection {
    const id = typeof raw === 'object' && raw !== null && 'id' in raw && typeof raw.id === 'string' ? raw.id : null;
    return { index, id, ...refused };
  }

  private async appendAccepted(scope: Scope, accepted: readonly AcceptedEvent[]): Promise<void> {
    if (accepted.length === 0) return;
    const records = accepted.map((data) => ({
      // The event's own key: a resent event is the same CloudEvent.
      id: data.key,
      key: `${scope.projectId}:${data.userId}`,
      scope: scope.projectId,
      data,
    }));
    await this.producer.append(eventAccepted, records);
  }

  private async appendRejected(
    scope: Scope,
    rejected: readonly { raw: unknown; refusal: EventRejection }[],
    { now, newId }: IntakeContext,
  ): Promise<void> {
    if (rejected.length === 0) return;
    await this.producer.append(
      eventRejected,
      rejected.map(({ raw, refusal }) => ({
        key: scope.projectId,
        scope: scope.projectId,
        data: {
          id: newId(refusal.index),
          projectId: scope.projectId,
          code: refusal.code,
          message: refusal.message,
          payload: raw instanceof BrokenLine ? raw.text : withInfiniteAsText(raw),
          at: now,
        },
      })),
    );
  }
}

/** Ids of what has none: new ones, or those that the request had before. */
function idsOf(projectId: string, { requestKey }: IntakeRequest): IntakeContext['newId'] {
  return requestKey === undefined ? () => uuidv7() : (index) => idInRequest(projectId, requestKey, index);
}
