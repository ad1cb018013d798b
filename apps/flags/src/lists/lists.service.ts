import {
  AppError,
  type createList,
  type deleteList,
  type listLists,
  type Page,
  type updateList,
  type ValueList,
} from '@assay/contracts';
import { ListCatalog, References, toListDefinition } from '@assay/definitions';
import { ValueList as ListRow } from '@assay/models';
import { Clock, pageOf, type Call } from '@assay/platform';
import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { v7 } from 'uuid';
import { usersOf } from '../references/users-of.js';
import { ListJournal } from './list-journal.service.js';
import { ListRepository } from './list.repository.js';
import { MembersRepository } from './members.repository.js';
import { toList } from './to-list.js';

/** Large lists of ids that conditions name. */
@Injectable()
export class ListsService {
  constructor(
    private readonly em: EntityManager,
    private readonly clock: Clock,
    private readonly repository: ListRepository,
    private readonly members: MembersRepository,
    private readonly journal: ListJournal,
    private readonly references: References,
    private readonly catalog: ListCatalog,
  ) {}

  async list({ scope, query }: Call<typeof listLists>): Promise<Page<ValueList>> {
    const page = await pageOf(this.em.fork(), ListRow, { project: scope.projectId }, query, {
      sortable: ['key', 'name', 'createdAt', 'updatedAt'],
      searchable: ['key', 'name', 'description'],
      populate: ['project'],
    });
    return { ...page, items: page.items.map(toList) };
  }

  async read(projectId: string, idOrKey: string): Promise<ValueList> {
    return toList(await this.repository.get(this.em.fork(), projectId, idOrKey));
  }

  async create(call: Call<typeof createList>): Promise<ValueList> {
    const { scope } = call;
    const { members, ...fields } = call.body;
    return this.change(async (em) => {
      if (await this.repository.exists(em, scope.projectId, fields.key)) throw taken(fields.key);
      const now = this.clock.now();
      const distinct = new Set(members);
      const dates = { createdAt: now, updatedAt: now };
      const row = em.create(ListRow, { id: v7(), ...fields, size: distinct.size, project: scope.projectId, ...dates });
      await em.flush();
      await em.populate(row, ['project']);
      await this.members.add(em, row, row.version, distinct);
      await this.journal.record(em, row, call, { change: 'created', before: null, after: toList(row) });
      return row;
    });
  }

  async update(call: Call<typeof updateList>): Promise<ValueList> {
    const { body, scope, params, ifMatch } = call;
    return this.change(async (em) => {
      const row = await this.repository.lock(em, scope.projectId, params.id, ifMatch);
      const before = toList(row);
      const given = Object.entries(body).filter(([, value]) => value !== undefined);
      if (given.length === 0) return row;
      em.assign(row, Object.fromEntries(given));
      row.updatedAt = new Date(Math.max(this.clock.now().getTime(), row.updatedAt.getTime() + 1));
      await em.flush();
      await this.journal.record(em, row, call, { change: 'updated', before, after: toList(row) });
      return row;
    });
  }

  async remove(call: Call<typeof deleteList>): Promise<void> {
    const { scope, params, ifMatch } = call;
    const definition = await this.em.fork().transactional(async (em) => {
      await this.references.takeTurns(em, scope.projectId);
      const row = await this.repository.lock(em, scope.projectId, params.id, ifMatch);
      const users = await usersOf(em, 'list', scope.projectId, row.key);
      if (users.length > 0) {
        throw AppError.conflict(`List '${row.key}' is named by ${users.join(', ')}: change those first.`, 'in_use');
      }
      await this.journal.record(em, row, call, { change: 'deleted', before: toList(row), after: null });
      await this.members.deleteAll(em, row);
      await em.nativeDelete(ListRow, { id: row.id });
      return toListDefinition(row);
    });
    await this.catalog.accept({ deleted: true, definition });
  }

  /** Writes a list; who evaluates in this process knows it when the answer arrives. */
  private async change(work: (em: EntityManager) => Promise<ListRow>): Promise<ValueList> {
    const row = await this.em.fork().transactional(work);
    await this.catalog.accept({ deleted: false, definition: toListDefinition(row) });
    return toList(row);
  }
}

function taken(key: string): AppError {
  const message = `'${key}' is the key of another list of this project`;
  return AppError.conflict(`${message}: choose another one.`, 'conflict', [{ path: 'key', message }]);
}
