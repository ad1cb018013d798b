import { rankKey, readRankKey, type RankRun, type RankSet } from './rank-run.js';

/**
 * Runs as one text of bytes, as the table keeps them. Each run: its metric, width, number of tuples and of values (32 bits
 * each), the variant (16 bytes), then values, counts and, for tuples of different lengths, ends. Little-endian.
 */
const HEAD = 32;

export function encodeRanks(ranks: RankSet): Buffer {
  const body = Buffer.allocUnsafe([...ranks.values()].reduce((sum, run) => sum + bytesOf(run), 0));
  let at = 0;
  for (const [key, run] of ranks) {
    const { metric, variantId } = readRankKey(key);
    [metric, run.width, run.counts.length, run.values.length].forEach((number, index) =>
      body.writeUInt32LE(number, at + 4 * index),
    );
    body.write(variantId.replaceAll('-', ''), at + 16, 'hex');
    at += HEAD;
    for (const part of [run.values, run.counts, run.ends]) {
      body.set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), at);
      at += part.byteLength;
    }
  }
  return body;
}

export function decodeRanks(body: Buffer): RankSet {
  const ranks = new Map<string, RankRun>();
  for (let at = 0; at < body.length;) {
    const [metric = 0, width = 0, tuples = 0, numbers = 0] = [0, 4, 8, 12].map((offset) =>
      body.readUInt32LE(at + offset),
    );
    const key = rankKey(metric, uuidOf(body.toString('hex', at + 16, at + HEAD)));
    at += HEAD;
    // Copies: typed arrays begin at a multiple of their width, and the driver's buffer is not to be kept.
    const take = (bytes: number): ArrayBuffer => {
      const part = new Uint8Array(bytes);
      part.set(body.subarray(at, at + bytes));
      at += bytes;
      return part.buffer;
    };
    const values = new Float64Array(take(8 * numbers));
    const counts = new Int32Array(take(4 * tuples));
    ranks.set(key, { width, values, counts, ends: new Uint32Array(take(width === 0 ? 4 * tuples : 0)) });
  }
  return ranks;
}

/** Bytes of a run as it is stored. */
export const bytesOf = ({ values, counts, ends }: RankRun): number =>
  HEAD + values.byteLength + counts.byteLength + ends.byteLength;

const uuidOf = (hex: string): string =>
  [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
