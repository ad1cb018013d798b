import { AppError, EVENT_LIMITS, EventBatch, ingestEvents, parseOrThrow, type EventsAnswer } from '@assay/contracts';
import { Endpoint, Input, type Call } from '@assay/platform';
import { Controller } from '@nestjs/common';
import { Readable } from 'node:stream';
import { SpooledLines } from '../ndjson/spooled-lines.js';
import { IntakeService } from './intake.service.js';

@Controller()
export class EventsController {
  constructor(private readonly intake: IntakeService) {}

  @Endpoint(ingestEvents)
  async ingest(@Input() call: Call<typeof ingestEvents>): Promise<EventsAnswer> {
    const body: unknown = call.body;
    if (body instanceof Readable) return this.ingestStream(call, body);
    requireFitting(body);
    return this.intake.take(call.scope, parseOrThrow(EventBatch, body).events, requestOf(call));
  }

  private async ingestStream(call: Call<typeof ingestEvents>, body: Readable): Promise<EventsAnswer> {
    const lines = await SpooledLines.read(body);
    const answer: EventsAnswer = { accepted: 0, rejected: [] };
    try {
      let index = 0;
      for await (const batch of lines.batches(EVENT_LIMITS.batch)) {
        const part = await this.intake.take(call.scope, batch, { ...requestOf(call), offset: index });
        index += batch.length;
        answer.accepted += part.accepted;
        answer.rejected.push(...part.rejected);
      }
      if (index === 0) throw AppError.field('', 'the stream holds no event');
    } finally {
      await lines.dispose();
    }
    return answer;
  }
}

/** @throws AppError `payload_too_large` for more events than a JSON body may hold */
function requireFitting(body: unknown): void {
  if (typeof body !== 'object' || body === null || !('events' in body) || !Array.isArray(body.events)) return;
  const { length } = body.events;
  if (length <= EVENT_LIMITS.batch) return;
  const message = `holds ${length} events: send at most ${EVENT_LIMITS.batch} at once, or a stream (application/x-ndjson)`;
  throw new AppError('payload_too_large', 'payload_too_large', `events: ${message}.`, {
    errors: [{ path: 'events', message }],
  });
}

/** Whose request it is, if it may be sent again. */
function requestOf({ actor, idempotencyKey }: Call<typeof ingestEvents>): { readonly requestKey?: string } {
  return idempotencyKey === undefined ? {} : { requestKey: `${actor.id}:${idempotencyKey}` };
}
