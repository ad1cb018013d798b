/** An address as 32-bit words: one for v4, four for v6. */
export type IpAddress = readonly number[];

const OCTET = /^(0|[1-9]\d{0,2})$/;
const GROUP = /^[0-9a-f]{1,4}$/i;

/** Dotted decimal; no leading zeros, which some read as octal. */
function parseV4(text: string): number | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  let word = 0;
  for (const part of parts) {
    if (!OCTET.test(part) || Number(part) > 255) return undefined;
    word = word * 256 + Number(part);
  }
  return word;
}

/** The 16-bit groups of one side of `::`; the last may be written as v4. */
function parseGroups(text: string): number[] | undefined {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    if (GROUP.test(part)) {
      groups.push(parseInt(part, 16));
      continue;
    }
    const v4 = index === parts.length - 1 ? parseV4(part) : undefined;
    if (v4 === undefined) return undefined;
    groups.push(v4 >>> 16, v4 & 0xffff);
  }
  return groups;
}

function parseV6(text: string): IpAddress | undefined {
  const sides = text.split('::');
  const [head, tail] = sides.map(parseGroups);
  if (sides.length > 2 || head === undefined) return undefined;
  if (sides.length === 2 && tail === undefined) return undefined;
  const zeros = 8 - head.length - (tail?.length ?? 0);
  // "::" stands for at least one group; without it there are eight.
  if (sides.length === 2 ? zeros < 1 : zeros !== 0) return undefined;
  const groups = [...head, ...Array<number>(zeros).fill(0), ...(tail ?? [])];
  return [0, 2, 4, 6].map((index) => (groups[index] ?? 0) * 0x10000 + (groups[index + 1] ?? 0));
}

/** A v4 or v6 address (RFC 4291 §2.2, no zone); undefined when the text is none. */
export function parseIp(text: string): IpAddress | undefined {
  if (text.includes(':')) return parseV6(text);
  const v4 = parseV4(text);
  return v4 === undefined ? undefined : [v4];
}

/** The v4 address inside `::ffff:a.b.c.d`, as which sockets that serve both families show v4 clients. */
export function mappedV4(address: IpAddress): IpAddress | undefined {
  const [first, second, third, last] = address;
  return first === 0 && second === 0 && third === 0xffff && last !== undefined ? [last] : undefined;
}
