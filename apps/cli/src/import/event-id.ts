import { hash } from 'node:crypto';

/** The identity of something, as a UUID (version 8, RFC 9562): the same parts give the same id, in any order of rows. */
export function contentId(parts: readonly (string | number)[]): string {
  const hex = hash('sha1', parts.map((part) => `${String(part).length}:${part}`).join('|'), 'hex');
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/**
 * Counts how often the same content has been seen. Two equal rows (two purchases of one price in one second) are two
 * events; numbered by occurrence they keep their ids when the file comes again in another order.
 */
export class Occurrences {
  private readonly seen = new Map<number, number>();

  /** 0 for the first time, 1 for the second … `id` is a `contentId`. */
  next(id: string): number {
    // 52 bits of it: what a number holds exactly.
    const key = Number.parseInt(id.slice(0, 8) + id.slice(9, 13) + id.slice(15, 16), 16);
    const count = this.seen.get(key) ?? 0;
    this.seen.set(key, count + 1);
    return count;
  }
}
