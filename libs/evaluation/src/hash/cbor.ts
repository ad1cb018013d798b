import { utf8 } from './utf8.js';

/** Deeper values are not encoded: a context comes from outside, and the stack is finite. */
const MAX_DEPTH = 64;

/** The head of a data item: major type and argument in the fewest bytes (RFC 8949 §3, §4.2.1). */
function head(major: number, argument: bigint): number[] {
  const type = major << 5;
  if (argument < 24n) return [type | Number(argument)];
  const size = argument < 0x100n ? 0 : argument < 0x10000n ? 1 : argument < 0x100000000n ? 2 : 3;
  const bytes = [type | (24 + size)];
  for (let shift = 8 * (2 ** size - 1); shift >= 0; shift -= 8) bytes.push(Number((argument >> BigInt(shift)) & 0xffn));
  return bytes;
}

/** The 16 bits of a half-precision float that equals `value`, if there is one. */
function half(value: number): number | undefined {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (size === Infinity) return sign | 0x7c00;
  const exponent = Math.max(Math.floor(Math.log2(size)), -14);
  const significand = size * 2 ** (10 - exponent);
  if (!Number.isInteger(significand) || significand >= 2048 || exponent > 15) return undefined;
  // A subnormal has no leading bit, so its exponent field stays 0.
  return sign | (significand < 1024 ? significand : ((exponent + 15) << 10) | (significand - 1024));
}

function float(value: number): number[] {
  const short = half(value);
  if (short !== undefined) return [0xf9, short >> 8, short & 0xff];
  const single = Math.fround(value) === value;
  const view = new DataView(new ArrayBuffer(single ? 4 : 8));
  if (single) view.setFloat32(0, value);
  else view.setFloat64(0, value);
  return [single ? 0xfa : 0xfb, ...new Uint8Array(view.buffer)];
}

function number(value: number): number[] {
  const integral = Number.isInteger(value) && value >= -(2 ** 63) && value < 2 ** 64;
  if (!integral) return float(value);
  return value < 0 ? head(1, -1n - BigInt(value)) : head(0, BigInt(value));
}

function text(value: string): number[] {
  const bytes = utf8(value);
  return [...head(3, BigInt(bytes.length)), ...bytes];
}

function compareBytes(a: readonly number[], b: readonly number[]): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

function encode(value: unknown, depth: number): number[] | undefined {
  if (value === null) return [0xf6];
  if (typeof value === 'boolean') return [value ? 0xf5 : 0xf4];
  if (typeof value === 'string') return text(value);
  if (typeof value === 'number') return Number.isNaN(value) ? undefined : number(value);
  if (typeof value !== 'object' || depth >= MAX_DEPTH) return undefined;
  return Array.isArray(value) ? encodeArray(value, depth) : encodeMap(value, depth);
}

function encodeArray(items: readonly unknown[], depth: number): number[] | undefined {
  const bytes = head(4, BigInt(items.length));
  for (const item of items) {
    const encoded = encode(item, depth + 1);
    if (encoded === undefined) return undefined;
    for (const byte of encoded) bytes.push(byte);
  }
  return bytes;
}

function encodeMap(object: object, depth: number): number[] | undefined {
  const entries: { key: number[]; item: number[] }[] = [];
  for (const [name, value] of Object.entries(object)) {
    const item = encode(value, depth + 1);
    if (item === undefined) return undefined;
    entries.push({ key: text(name), item });
  }
  entries.sort((a, b) => compareBytes(a.key, b.key));
  const bytes = head(5, BigInt(entries.length));
  for (const { key, item } of entries) {
    for (const byte of key) bytes.push(byte);
    for (const byte of item) bytes.push(byte);
  }
  return bytes;
}

/**
 * The core deterministic CBOR encoding (RFC 8949 §4.2.1) of a JSON value. Numbers without a fraction between -2^63 and
 * 2^64-1 are integers, the others the shortest float that keeps them.
 * @returns undefined when the value is not JSON or nested deeper than 64 levels
 */
export function cbor(value: unknown): Uint8Array | undefined {
  const bytes = encode(value, 0);
  return bytes === undefined ? undefined : Uint8Array.from(bytes);
}
