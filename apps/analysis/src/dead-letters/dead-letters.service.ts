import {
  auditRecorded,
  type Actor,
  type DeadLetter,
  type DeadLetterWithPayload,
  type listDeadLetters,
  type Page,
  type QueryOf,
  type Scope,
} from '@assay/contracts';
import { DeadLetters, Outbox, type DeadLetterSummary, type SettleOptions } from '@assay/messaging';
import type { CallOrigin } from '@assay/platform';
import { Injectable } from '@nestjs/common';
import { toDeadLetter } from './to-dead-letter.js';

/** Who settles a letter, and from where. */
interface Author {
  readonly actor: Actor;
  readonly scope: Scope;
  readonly origin: CallOrigin;
}

/**
 * What was put aside, for the people who run the installation. It is here, because analysis already answers where every record
 * is (the ledger, refused events) and knows every topic; the letters themselves are written by whichever service gave up.
 */
@Injectable()
export class DeadLettersService {
  constructor(
    private readonly letters: DeadLetters,
    private readonly outbox: Outbox,
  ) {}

  async page(projectId: string, query: QueryOf<typeof listDeadLetters>): Promise<Page<DeadLetter>> {
    const { sort, q, ...filter } = query;
    const page = await this.letters.list({
      ...filter,
      scope: projectId,
      errorPrefix: q,
      oldestFirst: sort === 'createdAt',
    });
    return { ...page, items: page.items.map(toDeadLetter) };
  }

  async read(projectId: string, id: string): Promise<DeadLetterWithPayload> {
    const letter = await this.letters.show(id, projectId);
    return { ...toDeadLetter(letter), payload: letter.payload };
  }

  async replay(author: Author, id: string): Promise<DeadLetter> {
    return toDeadLetter(await this.letters.replay(id, this.settling(author)));
  }

  async discard(author: Author, id: string): Promise<DeadLetter> {
    return toDeadLetter(await this.letters.discard(id, this.settling(author)));
  }

  /** The audit commits together with what it tells of. */
  private settling({ actor, scope, origin }: Author): SettleOptions {
    return {
      scope: scope.projectId,
      alongside: (client, settled) =>
        this.outbox.add(client, auditRecorded, {
          key: settled.id,
          scope: scope.projectId,
          data: {
            actorKind: actor.kind,
            actorId: actor.id,
            actorName: actor.name,
            projectId: scope.projectId,
            action: `dead_letter.${settled.status}`,
            resourceType: 'dead_letter',
            resourceId: settled.id,
            resourceKey: null,
            before: audited(settled, 'dead'),
            after: audited(settled, settled.status),
            ip: origin.ip,
            traceId: origin.traceId,
          },
        }),
    };
  }
}

/** What the audit keeps: where the message stood, not what it said or whom it was about. */
function audited({ topic, partition, offset, group }: DeadLetterSummary, status: string) {
  return { topic, partition, offset, group, status };
}
