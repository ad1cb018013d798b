import { MemberTable } from './member-table.js';

/** What a change of a large list adds and takes away. */
export interface MembersChange {
  readonly added: Iterable<string>;
  readonly removed: Iterable<string>;
}

const NOTHING: ReadonlySet<string> = new Set();

/**
 * Members of a large list. It never changes: {@link with} gives another one that shares the table and remembers what differs,
 * so that a change of a few of a million costs a few.
 */
export class MemberSet implements Iterable<string> {
  private constructor(
    private readonly table: MemberTable,
    private readonly added: ReadonlySet<string>,
    private readonly removed: ReadonlySet<string>,
  ) {}

  /** @param table is not changed any more */
  static of(table: MemberTable): MemberSet {
    return new MemberSet(table.trim(), NOTHING, NOTHING);
  }

  static from(members: Iterable<string>): MemberSet {
    const table = new MemberTable();
    for (const member of members) table.add(member);
    return MemberSet.of(table);
  }

  get size(): number {
    return this.table.size + this.added.size - this.removed.size;
  }

  /** Memory that the members take, but for the differences. */
  get byteLength(): number {
    return this.table.byteLength;
  }

  /** How many members differ from the shared table. When these are many, a new table is the better one. */
  get differences(): number {
    return this.added.size + this.removed.size;
  }

  has(member: string): boolean {
    if (this.added.size > 0 && this.added.has(member)) return true;
    return this.table.has(member) && !(this.removed.size > 0 && this.removed.has(member));
  }

  with(change: MembersChange): MemberSet {
    const added = new Set(this.added);
    const removed = new Set(this.removed);
    for (const member of change.removed) {
      if (!added.delete(member) && this.table.has(member)) removed.add(member);
    }
    for (const member of change.added) {
      if (!removed.delete(member) && !this.table.has(member)) added.add(member);
    }
    return new MemberSet(this.table, added, removed);
  }

  *[Symbol.iterator](): Iterator<string> {
    for (const member of this.table) if (!this.removed.has(member)) yield member;
    yield* this.added;
  }
}
