import {
  AppError,
  ListMembersChange,
  MOST_LIST_MEMBERS,
  parseOrThrow,
  type changeListMembers,
  type ListMembersChanged,
  type ListMode,
  type Page,
  type readListMembers,
} from '@assay/contracts';
import { ListCatalog, mostChangesRead, toListDefinition } from '@assay/definitions';
import type { MemberSet } from '@assay/evaluation';
import type { ValueList } from '@assay/models';
import { Clock, type Call } from '@assay/platform';
import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { Readable } from 'node:stream';
import { BulkMembersRepository } from './bulk-members.repository.js';
import { ListJournal } from './list-journal.service.js';
import { ListRepository } from './list.repository.js';
import { MembersRepository } from './members.repository.js';
import { readMemberLines, tooMany } from './read-member-lines.js';
import { toList } from './to-list.js';

interface Changed {
  readonly added: number;
  readonly removed: number;
  /** Who left, and who came when, is not remembered. */
  readonly forgotten?: boolean;
  /** Members that the list certainly has now. */
  readonly given?: MemberSet;
}
type Write = (em: EntityManager, row: ValueList, version: number) => Promise<Changed>;

/** Who is in a list. */
@Injectable()
export class MembersService {
  constructor(
    private readonly em: EntityManager,
    private readonly clock: Clock,
    private readonly repository: ListRepository,
    private readonly members: MembersRepository,
    private readonly bulk: BulkMembersRepository,
    private readonly journal: ListJournal,
    private readonly catalog: ListCatalog,
  ) {}

  async page({ scope, params, query }: Call<typeof readListMembers>): Promise<Page<string>> {
    const em = this.em.fork();
    const row = await this.repository.get(em, scope.projectId, params.id);
    return this.members.page(em, row, query);
  }

  async change(call: Call<typeof changeListMembers>): Promise<ListMembersChanged> {
    const body: unknown = call.body;
    const { mode } = call.query;
    // Not before there is something to write is the list locked: a stream may take its time.
    await this.repository.get(this.em.fork(), call.scope.projectId, call.params.id);
    if (body instanceof Readable) return this.write(call, this.streamed(mode ?? 'add', await readMemberLines(body)));
    if (mode !== undefined) throw AppError.field('mode', 'goes with a stream (application/x-ndjson) of members');
    return this.write(call, this.asked(parseOrThrow(ListMembersChange, body ?? {})));
  }

  private asked({ add, remove }: ListMembersChange): Write {
    const coming = new Set(add);
    const going = remove.filter((member) => !coming.has(member));
    return async (em, row, version) => ({
      removed: await this.members.remove(em, row, version, going),
      added: await this.members.add(em, row, version, coming),
    });
  }

  private streamed(mode: ListMode, given: MemberSet): Write {
    return async (em, row, version) => {
      const isLittle = given.size <= mostChangesRead(row.size);
      if (mode === 'remove' && isLittle)
        return { added: 0, removed: await this.members.remove(em, row, version, given) };
      if (mode === 'add' && isLittle) return { added: await this.members.add(em, row, version, given), removed: 0 };
      const changed = await this.bulk.change(em, row, version, given, mode);
      return mode === 'remove' ? changed : { ...changed, given };
    };
  }

  /** One transaction; what changes nothing makes no new version. */
  private async write(call: Call<typeof changeListMembers>, write: Write): Promise<ListMembersChanged> {
    const { scope, params, ifMatch } = call;
    const { row, changed } = await this.em.fork().transactional(async (em) => {
      const row = await this.repository.lock(em, scope.projectId, params.id, ifMatch);
      const before = toList(row);
      const version = row.version + 1;
      const changed = await write(em, row, version);
      const { added, removed, forgotten } = changed;
      if (added + removed === 0) return { row, changed };
      row.size += added - removed;
      if (row.size > MOST_LIST_MEMBERS) throw tooMany();
      if (forgotten === true || (removed > 0 && (await this.members.forgetMany(em, row)))) row.changesSince = version;
      row.updatedAt = new Date(Math.max(this.clock.now().getTime(), row.updatedAt.getTime() + 1));
      await em.flush();
      const after = { ...toList(row), added, removed };
      await this.journal.record(em, row, call, { change: 'members_changed', before, after });
      return { row, changed };
    });
    const { added, removed, given } = changed;
    // As many as the list has, and all of them in it: these are its members.
    const all = given?.size === row.size ? given : undefined;
    await this.catalog.accept({ deleted: false, definition: toListDefinition(row) }, all);
    return { added, removed, size: row.size, version: row.version };
  }
}
