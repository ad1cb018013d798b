import { AppError, ListMember, MOST_LIST_MEMBERS } from '@assay/contracts';
import { MemberSet, MemberTable } from '@assay/evaluation';
import { linesOf } from '@assay/platform';
import type { Readable } from 'node:stream';

/**
 * The ids of a stream with one JSON string a line, read to its end before any is used.
 *
 * @throws AppError `validation_failed` that names the line, `payload_too_large` for more ids than a list may have
 */
export async function readMemberLines(body: Readable): Promise<MemberSet> {
  const table = new MemberTable();
  let number = 0;
  for await (const line of linesOf(body)) {
    number += 1;
    if (line.trim() === '') continue;
    const member = parse(line);
    if (!isMember(member)) {
      throw AppError.field(`line ${number}`, 'must be a JSON string of 1 to 256 characters without NUL');
    }
    table.add(member);
    if (table.size > MOST_LIST_MEMBERS) throw tooMany();
  }
  return MemberSet.of(table);
}

/** What `ListMember` accepts, without the cost of a schema in the case that is the usual one. */
function isMember(value: unknown): value is string {
  if (typeof value !== 'string') return false;
  return /^[\x20-\x7e]{1,64}$/.test(value) || ListMember.safeParse(value).success;
}

/** The refusal of a list that would become too large. */
export function tooMany(): AppError {
  return new AppError(
    'payload_too_large',
    'payload_too_large',
    `A list holds ${MOST_LIST_MEMBERS} members at most. Divide them among several lists.`,
  );
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
