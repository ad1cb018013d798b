import { AppError, type Page } from '@assay/contracts';
import type { ValueList } from '@assay/models';
import type { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';

const AT_ONCE = 10_000;
/** Removed members that are remembered, besides as many as the list has; beyond, all are forgotten. */
const MOST_REMEMBERED = 10_000;

const ADD = `
  with added as (
    insert into experimentation.value_list_members as held (list_id, member, version)
    select ?, given.member, ? from jsonb_array_elements_text(?::jsonb) as given(member)
    on conflict (list_id, member) do update set version = excluded.version, removed = false where held.removed
    returning 1)
  select count(*)::int as count from added`;
const REMOVE = `
  with gone as (
    update experimentation.value_list_members set version = ?, removed = true
    where list_id = ? and not removed and member in (select jsonb_array_elements_text(?::jsonb))
    returning 1)
  select count(*)::int as count from gone`;
const REMEMBERED = `
  select count(*)::int as count from experimentation.value_list_members where list_id = ? and removed`;
const FORGET = `delete from experimentation.value_list_members where list_id = ? and removed`;
const NEXT = `
  select member from experimentation.value_list_members
  where list_id = ? and not removed and member > ? and starts_with(member, ?) order by member limit ?`;
const COUNT = `
  select count(*)::int as count from experimentation.value_list_members
  where list_id = ? and not removed and starts_with(member, ?)`;

/** Members of lists, many at a time. A member that goes stays as a removed one for a while: so others learn what has changed. */
@Injectable()
export class MembersRepository {
  /** How many are new. */
  add(em: EntityManager, { id }: ValueList, version: number, members: Iterable<string>): Promise<number> {
    return inBatches(members, (batch) => em.execute<Counted>(ADD, [id, version, batch]));
  }

  /** How many were there. */
  remove(em: EntityManager, { id }: ValueList, version: number, members: Iterable<string>): Promise<number> {
    return inBatches(members, (batch) => em.execute<Counted>(REMOVE, [version, id, batch]));
  }

  /** Members that are not among those, in parts; they may be removed while they are read. */
  async *others(em: EntityManager, { id }: ValueList, those: { has(member: string): boolean }) {
    for (let after = ''; ;) {
      const page = await em.execute<Member[]>(NEXT, [id, after, '', AT_ONCE]);
      yield page.map(({ member }) => member).filter((member) => !those.has(member));
      if (page.length < AT_ONCE) return;
      after = page.at(-1)?.member ?? '';
    }
  }

  /** Whether removed members are too many to be remembered any longer; then they are forgotten. */
  async forgetMany(em: EntityManager, { id }: ValueList, size: number): Promise<boolean> {
    const [remembered] = await em.execute<Counted>(REMEMBERED, [id]);
    if ((remembered?.count ?? 0) <= MOST_REMEMBERED + size) return false;
    await em.execute(FORGET, [id]);
    return true;
  }

  /** @throws AppError `validation_failed` when the cursor is not ours */
  async page(em: EntityManager, { id, size }: ValueList, query: PageQuery): Promise<Page<string>> {
    const { q = '', limit, cursor } = query;
    const rows = await em.execute<Member[]>(NEXT, [id, cursor === undefined ? '' : readCursor(cursor), q, limit + 1]);
    const items = rows.slice(0, limit).map(({ member }) => member);
    const last = rows.length > limit ? items.at(-1) : undefined;
    const total = q === '' ? size : ((await em.execute<Counted>(COUNT, [id, q]))[0]?.count ?? 0);
    return { items, total, nextCursor: last === undefined ? null : Buffer.from(last).toString('base64url') };
  }
}

interface Member {
  readonly member: string;
}
type Counted = { readonly count: number }[];

interface PageQuery {
  readonly q?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

async function inBatches(members: Iterable<string>, write: (batch: string) => Promise<Counted>): Promise<number> {
  let changed = 0;
  let batch = new Set<string>();
  const flush = async (): Promise<void> => {
    if (batch.size > 0) changed += (await write(JSON.stringify([...batch])))[0]?.count ?? 0;
    batch = new Set();
  };
  for (const member of members) {
    batch.add(member);
    if (batch.size >= AT_ONCE) await flush();
  }
  await flush();
  return changed;
}

function readCursor(cursor: string): string {
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  if (text === '' || text.includes('\u0000')) throw AppError.field('cursor', 'is not a nextCursor of this list');
  return text;
}
