import type { ListMode } from '@assay/contracts';
import { mostChangesRead } from '@assay/definitions';
import type { ValueList } from '@assay/models';
import type { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';

const AT_ONCE = 10_000;

const STAGE = `create temporary table given_members (member text not null) on commit drop`;
const GIVE = `insert into given_members select jsonb_array_elements_text(?::jsonb)`;
const IS_EMPTY = `
  select not exists (select from experimentation.value_list_members where list_id = ?) as empty`;
// One after the other in the index, and on the pages in the order in which they are read.
const FILL = `
  insert into experimentation.value_list_members (list_id, member, version)
  select ?, member, 0 from given_members order by member`;

const COMES = `given.member is not null and held.removed is distinct from false`;
const NOTHING = 'false';
/** What becomes of whom, by what a stream of ids does. */
const DIFFERENCE: Readonly<Record<ListMode, { readonly comes: string; readonly goes: string }>> = {
  add: { comes: COMES, goes: NOTHING },
  remove: { comes: NOTHING, goes: 'given.member is not null and not held.removed' },
  replace: { comes: COMES, goes: 'given.member is null and not held.removed' },
};
// The list is locked by who changes it: its rows stay where they are.
const compare = ({ comes, goes }: { comes: string; goes: string }): string => `
  create temporary table changed_members on commit drop as
  select coalesce(given.member, held.member) as member, held.place, (${comes}) as comes
  from given_members as given full join (
    select ctid as place, member, removed from experimentation.value_list_members where list_id = ?
  ) as held on held.member = given.member
  where (${comes}) or (${goes})`;
const COUNT = `
  select (count(*) filter (where comes))::int as added, (count(*) filter (where not comes))::int as removed
  from changed_members`;

const FORGET = `delete from experimentation.value_list_members where list_id = ? and removed`;
const DELETE = `
  delete from experimentation.value_list_members as held using changed_members as change
  where held.list_id = ? and held.ctid = change.place and not change.comes`;
const INSERT = `
  insert into experimentation.value_list_members (list_id, member, version)
  select ?, member, 0 from changed_members where comes order by member`;

const TURN = `
  update experimentation.value_list_members as held set version = ?, removed = not change.comes
  from changed_members as change where held.list_id = ? and held.ctid = change.place`;
const INSERT_VERSION = `
  insert into experimentation.value_list_members (list_id, member, version)
  select ?, member, ? from changed_members where comes and place is null order by member`;

/** How many came and went, and whether it cannot be told any more who. */
export interface BulkChange {
  readonly added: number;
  readonly removed: number;
  readonly forgotten: boolean;
}

/**
 * Members of lists, a million at a time: those that are given are compared with those that are there at one go, and only rows
 * that differ are written. More than anybody would read as differences is not kept as such: members that go are deleted, and those
 * that come are of version 0, which no index but the key holds. It takes a third of the time.
 */
@Injectable()
export class BulkMembersRepository {
  /** @param version of the list with this change */
  async change(em: EntityManager, list: ValueList, version: number, given: Given, mode: ListMode): Promise<BulkChange> {
    await em.execute(STAGE);
    for (const batch of inBatches(given)) await em.execute(GIVE, [batch]);
    if (mode !== 'remove' && given.size > mostChangesRead(given.size) && (await this.isEmpty(em, list))) {
      await em.execute(FILL, [list.id]);
      return { added: given.size, removed: 0, forgotten: true };
    }
    await em.execute(compare(DIFFERENCE[mode]), [list.id]);
    const [{ added, removed } = { added: 0, removed: 0 }] = await em.execute<Counted[]>(COUNT);
    const forgotten = added + removed > mostChangesRead(list.size + added - removed);
    if (forgotten) await this.rewrite(em, list);
    else if (added + removed > 0) await this.turn(em, list, version);
    return { added, removed, forgotten };
  }

  private async isEmpty(em: EntityManager, { id }: ValueList): Promise<boolean> {
    const [found] = await em.execute<{ empty: boolean }[]>(IS_EMPTY, [id]);
    return found?.empty === true;
  }

  private async rewrite(em: EntityManager, { id }: ValueList): Promise<void> {
    await em.execute(FORGET, [id]);
    await em.execute(DELETE, [id]);
    await em.execute(INSERT, [id]);
  }

  private async turn(em: EntityManager, { id }: ValueList, version: number): Promise<void> {
    await em.execute(TURN, [version, id]);
    await em.execute(INSERT_VERSION, [id, version]);
  }
}

interface Counted {
  readonly added: number;
  readonly removed: number;
}

/** A set, of either kind: nobody is in it twice. */
type Given = Iterable<string> & { readonly size: number };

function* inBatches(members: Iterable<string>): Generator<string> {
  let batch: string[] = [];
  for (const member of members) {
    batch.push(member);
    if (batch.length < AT_ONCE) continue;
    yield JSON.stringify(batch);
    batch = [];
  }
  if (batch.length > 0) yield JSON.stringify(batch);
}
