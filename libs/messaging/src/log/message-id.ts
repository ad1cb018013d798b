import { randomFillSync } from 'node:crypto';

/** Random bytes are drawn in bulk: one draw per id costs more than all the rest of writing a record. */
const pool = new Uint8Array(8_192);
let used = pool.length;

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

function next(): number {
  if (used >= pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const byte = pool[used] ?? 0;
  used += 1;
  return byte;
}

const hex = (byte: number): string => HEX[byte] ?? '00';

/** A UUID v7 (RFC 9562): 48 bits of time in milliseconds, then 74 random bits. */
export function messageId(now: number): string {
  const time = now.toString(16).padStart(12, '0');
  const head = `${time.slice(0, 8)}-${time.slice(8)}-${hex(0x70 | (next() & 0x0f))}${hex(next())}`;
  const middle = `${hex(0x80 | (next() & 0x3f))}${hex(next())}`;
  return `${head}-${middle}-${hex(next())}${hex(next())}${hex(next())}${hex(next())}${hex(next())}${hex(next())}`;
}
