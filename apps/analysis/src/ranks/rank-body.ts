import { rankKey, readRankKey, type RankRun, type RankSet } from './rank-run.js';

/**
 * Runs as one text of bytes, as the table keeps them. Each run: its metric, width, number of tuples and of values, and of
 * counts (32 bits each), the variant (16 bytes), then values, counts unless all are 1 and, for tuples of different
 * lengths, ends. Little-endian.
 */
const VARIANT_AT = 20;
const HEAD = 36;

export function encodeRanks(ranks: RankSet): Buffer {
  const body = Buffer.allocUnsafe([...ranks.values()].reduce((sum, run) => sum + bytesOf(run), 0));
  let at = 0;
  for (const [key, run] of ranks) {
    const { metric, variantId } = readRankKey(key);
    const counts = storedCounts(run);
    [metric, run.width, run.counts.length, run.values.length, counts.length].forEach((number, index) =>
      body.writeUInt32LE(number, at + 4 * index),
    );
    body.write(variantId.replaceAll('-', ''), at + VARIANT_AT, 'hex');
    at += HEAD;
    for (const part of [run.values, counts, run.ends]) {
      body.set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), at);
      at += part.byteLength;
    }
  }
  return body;
}

export function decodeRanks(body: Buffer): RankSet {
  const ranks = new Map<string, RankRun>();
  for (let at = 0; at < body.length;) {
    const [metric = 0, width = 0, tuples = 0, numbers = 0, counted = 0] = [0, 4, 8, 12, 16].map((offset) =>
      body.readUInt32LE(at + offset),
    );
    const key = rankKey(metric, uuidOf(body.subarray(at + VARIANT_AT, at + HEAD)));
    at += HEAD;
    // Copies: typed arrays begin at a multiple of their width, and the driver's buffer is not to be kept.
    const take = (bytes: number): ArrayBuffer => {
      const part = new Uint8Array(bytes);
      part.set(body.subarray(at, at + bytes));
      at += bytes;
      return part.buffer;
    };
    const values = new Float64Array(take(8 * numbers));
    const counts = counted > 0 ? new Int32Array(take(4 * counted)) : new Int32Array(tuples).fill(1);
    ranks.set(key, { width, values, counts, ends: new Uint32Array(take(width === 0 ? 4 * tuples : 0)) });
  }
  return ranks;
}

const bytesOf = (run: RankRun): number =>
  HEAD + run.values.byteLength + storedCounts(run).byteLength + run.ends.byteLength;

const NO_COUNTS = new Int32Array(0);

/** Most units are like no other: that each tuple is there once need not be said of each. */
const storedCounts = ({ counts }: RankRun): Int32Array => (counts.every(isOne) ? NO_COUNTS : counts);
const isOne = (count: number): boolean => count === 1;

/** The id that sixteen bytes are. */
export function uuidOf(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
