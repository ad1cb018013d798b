import { MemberSet, MemberTable } from '@assay/evaluation';
import { IsolationLevel, type EntityManager } from '@mikro-orm/postgresql';
import type { Versioned } from '../definition-index.js';

/** A list with its members in memory. */
export interface LoadedList extends Versioned {
  readonly size: number;
  readonly members: MemberSet;
  /** When this version was written, epoch milliseconds. */
  readonly changedAt: number;
}

const PAGE = 10_000;
/** Differences from the shared table of members that a list is worth to carry along, besides a part of its size. */
const DIFFERENCES = { least: 4_096, part: 64 } as const;

/** So many changes of a list of this size are read as changes; for more, the list is read whole. */
export const mostChangesRead = (size: number): number => DIFFERENCES.least + Math.floor(size / DIFFERENCES.part);

const HEAD = `
  select project_id as "projectId", key, version, size, changes_since as "changesSince", updated_at as "updatedAt"
  from experimentation.value_lists where id = ?`;
const MEMBERS = `
  select member from experimentation.value_list_members
  where list_id = ? and not removed and member > ? order by member limit ${PAGE}`;
// The index holds versions above 0 only.
const CHANGES = `
  select member, removed from experimentation.value_list_members
  where list_id = ? and version > ? and version > 0 limit ?`;

interface Head {
  readonly projectId: string;
  readonly key: string;
  readonly version: number;
  readonly size: number;
  readonly changesSince: number;
  readonly updatedAt: Date | string;
}

/**
 * A list as it is now: what has changed since the version that is held, when that is little and still known; else every member,
 * in pages. Undefined when there is no such list any more.
 */
export async function readList(
  em: EntityManager,
  id: string,
  held: LoadedList | undefined,
): Promise<LoadedList | undefined> {
  // One snapshot: the members are those of the version that is read with them.
  const options = { isolationLevel: IsolationLevel.REPEATABLE_READ, readOnly: true };
  return em.fork().transactional(async (tx) => {
    const [head] = await tx.execute<Head[]>(HEAD, [id]);
    if (head === undefined) return undefined;
    const changed =
      held !== undefined && held.version >= head.changesSince ? await readChanges(tx, held, head) : undefined;
    const { projectId, key, version, size } = head;
    const members = changed ?? (await readMembers(tx, id, size));
    return { id, projectId, key, version, size, members, changedAt: new Date(head.updatedAt).getTime() };
  }, options);
}

async function readChanges(tx: EntityManager, held: LoadedList, { size }: Head): Promise<MemberSet | undefined> {
  const most = mostChangesRead(size) - held.members.differences;
  if (most <= 0) return undefined;
  const rows = await tx.execute<{ member: string; removed: boolean }[]>(CHANGES, [held.id, held.version, most + 1]);
  if (rows.length > most) return undefined;
  if (rows.length === 0) return held.members;
  const of = (removed: boolean) => rows.filter((row) => row.removed === removed).map(({ member }) => member);
  return held.members.with({ added: of(false), removed: of(true) });
}

async function readMembers(tx: EntityManager, id: string, size: number): Promise<MemberSet> {
  const table = new MemberTable(size);
  for (let after = ''; ;) {
    const page = await tx.execute<{ member: string }[]>(MEMBERS, [id, after]);
    for (const { member } of page) table.add(member);
    if (page.length < PAGE) return MemberSet.of(table);
    after = page.at(-1)?.member ?? '';
  }
}
