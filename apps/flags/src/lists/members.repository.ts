import { AppError, type Page } from '@assay/contracts';
import type { ValueList } from '@assay/models';
import type { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';

const AT_ONCE = 10_000;
/** Removed members that are remembered, besides as many as the list has; beyond, all are forgotten. */
const MOST_REMEMBERED = 10_000;

// The list is locked by who changes it: nobody else writes its members meanwhile.
const ADD = `
  with given as (select jsonb_array_elements_text(?::jsonb) as member),
  back as (
    update experimentation.value_list_members as held set version = ?, removed = false
    from given where held.list_id = ? and held.member = given.member and held.removed returning 1),
  fresh as (
    insert into experimentation.value_list_members (list_id, member, version)
    select ?, given.member, ? from given where not exists (
      select from experimentation.value_list_members as held where held.list_id = ? and held.member = given.member)
    returning 1)
  select ((select count(*) from back) + (select count(*) from fresh))::int as count`;
const FILL = `
  with fresh as (
    insert into experimentation.value_list_members (list_id, member, version)
    select ?, given.member, ? from jsonb_array_elements_text(?::jsonb) as given(member) returning 1)
  select count(*)::int as count from fresh`;
const IS_EMPTY = `
  select not exists (select from experimentation.value_list_members where list_id = ?) as empty`;
const REMOVE = `
  with gone as (
    update experimentation.value_list_members set version = ?, removed = true
    where list_id = ? and not removed and member in (select jsonb_array_elements_text(?::jsonb))
    returning 1)
  select count(*)::int as count from gone`;
const REMEMBERED = `
  select count(*)::int as count from experimentation.value_list_members where list_id = ? and removed`;
const DELETE = `delete from experimentation.value_list_members where list_id = ?`;
const FORGET = `${DELETE} and removed`;
const PAGE = `
  select member from experimentation.value_list_members where list_id = ? and not removed and starts_with(member, ?)`;
const UPWARDS = `${PAGE} and member > ? order by member limit ?`;
const DOWNWARDS = `${PAGE} order by member desc limit ?`;
const FURTHER_DOWN = `${PAGE} and member < ? order by member desc limit ?`;
const COUNT = `
  select count(*)::int as count from experimentation.value_list_members
  where list_id = ? and not removed and starts_with(member, ?)`;

/** Members of lists, some thousands at a time. A member that goes stays as a removed one for a while: so others learn what has changed. */
@Injectable()
export class MembersRepository {
  /** How many are new. The first members of a list need not be looked for. */
  async add(em: EntityManager, { id }: ValueList, version: number, members: Distinct): Promise<number> {
    const [found] = await em.execute<{ empty: boolean }[]>(IS_EMPTY, [id]);
    return found?.empty === true
      ? inBatches(members, (batch) => em.execute<Counted>(FILL, [id, version, batch]))
      : inBatches(members, (batch) => em.execute<Counted>(ADD, [batch, version, id, id, version, id]));
  }

  /** How many were there. */
  remove(em: EntityManager, { id }: ValueList, version: number, members: Iterable<string>): Promise<number> {
    return inBatches(members, (batch) => em.execute<Counted>(REMOVE, [version, id, batch]));
  }

  /** Whether removed members are too many to be remembered any longer; then they are forgotten. */
  async forgetMany(em: EntityManager, { id, size }: ValueList): Promise<boolean> {
    const [remembered] = await em.execute<Counted>(REMEMBERED, [id]);
    if ((remembered?.count ?? 0) <= MOST_REMEMBERED + size) return false;
    await em.execute(FORGET, [id]);
    return true;
  }

  /** With the list, which is deleted in the same transaction. */
  async deleteAll(em: EntityManager, { id }: ValueList): Promise<void> {
    await em.execute(DELETE, [id]);
  }

  /** @throws AppError `validation_failed` when the cursor is not ours */
  async page(em: EntityManager, { id, size }: ValueList, query: PageQuery): Promise<Page<string>> {
    const { q = '', limit, cursor, sort } = query;
    const after = cursor === undefined ? '' : readCursor(cursor);
    const rows =
      sort !== '-member'
        ? await em.execute<Member[]>(UPWARDS, [id, q, after, limit + 1])
        : after === ''
          ? await em.execute<Member[]>(DOWNWARDS, [id, q, limit + 1])
          : await em.execute<Member[]>(FURTHER_DOWN, [id, q, after, limit + 1]);
    const items = rows.slice(0, limit).map(({ member }) => member);
    const last = rows.length > limit ? items.at(-1) : undefined;
    const total = q === '' ? size : ((await em.execute<Counted>(COUNT, [id, q]))[0]?.count ?? 0);
    return { items, total, nextCursor: last === undefined ? null : Buffer.from(last).toString('base64url') };
  }
}

/** A set, of either kind: nobody is in it twice. */
type Distinct = Iterable<string> & { readonly size: number };

interface Member {
  readonly member: string;
}
type Counted = { readonly count: number }[];

interface PageQuery {
  readonly q?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
  readonly sort?: 'member' | '-member';
}

async function inBatches(members: Iterable<string>, write: (batch: string) => Promise<Counted>): Promise<number> {
  let changed = 0;
  let batch: string[] = [];
  const flush = async (): Promise<void> => {
    if (batch.length > 0) changed += (await write(JSON.stringify(batch)))[0]?.count ?? 0;
    batch = [];
  };
  for (const member of members) {
    batch.push(member);
    if (batch.length >= AT_ONCE) await flush();
  }
  await flush();
  return changed;
}

function readCursor(cursor: string): string {
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  if (text === '' || text.includes('\u0000')) throw AppError.field('cursor', 'is not a nextCursor of this list');
  return text;
}
