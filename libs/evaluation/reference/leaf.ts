import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Leaf } from '../src/definition.js';

/* The leaf of the rule model, word by word: no compilation, no shortcuts, other algorithms where there are any. */

type Value = unknown;

const isRecord = (value: Value): value is Record<string, Value> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The attribute `ref` of a subject. */
export function slowGet(subject: Value, ref: string): Value {
  const names = ref.startsWith('/') ? ref.slice(1).split('/') : [ref];
  let value = subject;
  for (const name of names) {
    if (!isRecord(value)) return undefined;
    const decoded = ref.startsWith('/') ? name.replace(/~1/g, '/').replace(/~0/g, '~') : name;
    value = Object.getOwnPropertyDescriptor(value, decoded)?.value;
  }
  return value;
}

interface SlowVersion {
  readonly version: readonly [bigint, bigint, bigint];
  readonly tags: readonly string[] | null;
}

function slowVersion(text: string): SlowVersion | undefined {
  const [withoutBuild = '', ...builds] = text.replace(/^[vV]/, '').split('+');
  if (builds.length > 1 || builds.some((build) => !/^[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*$/.test(build))) return undefined;
  const dash = withoutBuild.indexOf('-');
  const numbers = (dash < 0 ? withoutBuild : withoutBuild.slice(0, dash)).split('.');
  const tags = dash < 0 ? null : withoutBuild.slice(dash + 1).split('.');
  const isNumber = (part: string): boolean => /^[0-9]+$/.test(part) && (part === '0' || !part.startsWith('0'));
  if (numbers.length > 3 || !numbers.every(isNumber)) return undefined;
  if (tags?.some((tag) => !/^[0-9A-Za-z-]+$/.test(tag) || (/^[0-9]+$/.test(tag) && !isNumber(tag)))) return undefined;
  if (tags !== null && numbers.length < 3 && /^[0-9]/.test(tags[0] ?? '')) return undefined;
  const [major = '0', minor = '0', patch = '0'] = numbers;
  return { version: [BigInt(major), BigInt(minor), BigInt(patch)], tags };
}

function slowVersionOrder(a: SlowVersion, b: SlowVersion): number {
  for (const index of [0, 1, 2] as const) {
    if (a.version[index] !== b.version[index]) return a.version[index] < b.version[index] ? -1 : 1;
  }
  if (a.tags === null || b.tags === null) return (a.tags === null ? 1 : 0) - (b.tags === null ? 1 : 0);
  for (let index = 0; ; index++) {
    const [x, y] = [a.tags[index], b.tags[index]];
    if (x === undefined || y === undefined) return (x === undefined ? 0 : 1) - (y === undefined ? 0 : 1);
    if (x === y) continue;
    const [xNumber, yNumber] = [/^[0-9]+$/.test(x), /^[0-9]+$/.test(y)];
    if (xNumber && yNumber) return BigInt(x) < BigInt(y) ? -1 : 1;
    if (xNumber !== yNumber) return xNumber ? -1 : 1;
    return x < y ? -1 : 1;
  }
}

function slowDate(value: Value): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return undefined;
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?(Z|[-+]\d\d:\d\d)$/.test(value)) return undefined;
  // Date.parse takes the 29th of any February.
  const day = new Date(`${value.slice(0, 10)}T00:00:00Z`);
  const time = Date.parse(value);
  return Number.isNaN(time) || day.toISOString().slice(0, 10) !== value.slice(0, 10) ? undefined : time;
}

function slowCast(as: Leaf['as'], value: Value): Value {
  switch (as) {
    case undefined:
      return value;
    case 'string':
      return ['string', 'number', 'boolean'].includes(typeof value) ? String(value) : undefined;
    case 'number': {
      if (typeof value === 'number') return value;
      const numeric = /^\s*[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?\s*$/i;
      return typeof value === 'string' && numeric.test(value) ? parseFloat(value) : undefined;
    }
    case 'version':
      return typeof value === 'string' || typeof value === 'number' ? slowVersion(String(value)) : undefined;
    case 'date':
      return slowDate(value);
    case 'size':
      return Array.isArray(value) ? value.length : undefined;
    case 'type':
      if (value === null || value === undefined) return 'null';
      return Array.isArray(value) ? 'array' : typeof value;
  }
}

const isVersion = (value: Value): value is SlowVersion => isRecord(value) && 'version' in value && 'tags' in value;

function slowOrder(a: Value, b: Value): number | undefined {
  if (isVersion(a) && isVersion(b)) return slowVersionOrder(a, b);
  if (typeof a === 'number' && typeof b === 'number') return Math.sign(a - b);
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : Number(a > b);
  return undefined;
}

function addressBits(text: string): string | undefined {
  const bits = (word: number, width: number): string => word.toString(2).padStart(width, '0');
  if (!text.includes(':')) {
    const parts = text.split('.');
    const valid = parts.length === 4 && parts.every((part) => /^(0|[1-9]\d*)$/.test(part) && Number(part) < 256);
    return valid ? parts.map((part) => bits(Number(part), 8)).join('') : undefined;
  }
  const v4 = /^(.*:)([^:]*\.[^:]*)$/.exec(text);
  const tail = v4 === null ? undefined : addressBits(v4[2] ?? '');
  if (v4 !== null && tail === undefined) return undefined;
  const words = [tail?.slice(0, 16), tail?.slice(16)].map((part) => parseInt(part ?? '0', 2).toString(16));
  const full = v4 === null ? text : `${v4[1] ?? ''}${words.join(':')}`;
  const [left = '', right, more] = full.split('::');
  const groups = (side: string): string[] => (side === '' ? [] : side.split(':'));
  const missing = 8 - groups(left).length - groups(right ?? '').length;
  if (more !== undefined || (right === undefined ? missing !== 0 : missing < 1)) return undefined;
  const all = [...groups(left), ...Array<string>(missing).fill('0'), ...groups(right ?? '')];
  if (!all.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return all.map((group) => bits(parseInt(group, 16), 16)).join('');
}

const MAPPED = `${'0'.repeat(80)}${'1'.repeat(16)}`;

function slowInCidr(value: string, entry: string): boolean {
  const [address = '', prefix, more] = entry.split('/');
  const [seen, block] = [addressBits(value), addressBits(address)];
  if (seen === undefined || block === undefined || more !== undefined) return false;
  const length = prefix === undefined ? block.length : Number(prefix);
  if ((prefix !== undefined && !/^\d{1,3}$/.test(prefix)) || length > block.length) return false;
  // Compared as v6, where v4 addresses are the mapped ones; but a shorter v6 block does not hold plain v4 addresses.
  const wide = (bits: string): string => (bits.length === 32 ? MAPPED + bits : bits);
  const wideLength = block.length === 32 ? length + 96 : length;
  if (seen.length === 32 && wideLength < 96) return false;
  return wide(seen).slice(0, wideLength) === wide(block).slice(0, wideLength);
}

function slowHashed(leaf: Leaf, value: string, entry: Value): boolean {
  if (typeof entry !== 'string') return false;
  const digest = (bytes: Buffer): string =>
    createHash('sha256')
      .update(bytes)
      .update(leaf.hashed ?? '', 'utf8')
      .digest('hex');
  const bytes = Buffer.from(value, 'utf8');
  if (leaf.op === 'in') return digest(bytes) === entry.toLowerCase();
  const [, length = '', hex = ''] = /^(\d+)_([0-9a-f]{64})$/i.exec(entry) ?? [];
  const size = Number(length);
  if (length === '' || size > bytes.length) return false;
  if (leaf.op === 'startsWith') return digest(bytes.subarray(0, size)) === hex.toLowerCase();
  return leaf.op === 'endsWith' && digest(bytes.subarray(bytes.length - size)) === hex.toLowerCase();
}

function slowCompare(leaf: Leaf, value: Value, entry: Value): boolean {
  const order = slowOrder(value, entry);
  switch (leaf.op) {
    case 'in':
      return isVersion(value) ? order === 0 : isDeepStrictEqual(normal(value), normal(entry));
    case 'lt':
      return order !== undefined && order < 0;
    case 'lte':
      return order !== undefined && order <= 0;
    case 'gt':
      return order !== undefined && order > 0;
    case 'gte':
      return order !== undefined && order >= 0;
    case 'mod':
      return Array.isArray(entry) && entry.length === 2 && typeof value === 'number' && value % entry[0] === entry[1];
    default:
      return typeof value === 'string' && typeof entry === 'string' && slowText(leaf, value, entry);
  }
}

/** -0 is 0, and objects differ only by content. */
function normal(value: Value): Value {
  return value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as Value);
}

function slowText(leaf: Leaf, value: string, entry: string): boolean {
  switch (leaf.op) {
    case 'startsWith':
      return value.slice(0, entry.length) === entry;
    case 'endsWith':
      return entry === '' || value.slice(-entry.length) === entry;
    case 'contains':
      return value.indexOf(entry) !== -1;
    case 'matches':
      // The patterns of the generator mean the same in both dialects.
      return new RegExp(entry, leaf.ignoreCase === true ? 'i' : '').test(value);
    case 'inCidr':
      return slowInCidr(value, entry);
    default:
      return false;
  }
}

function slowOpHolds(leaf: Leaf, raw: Value, rawEntry: Value): boolean {
  const fold = (value: Value): Value =>
    leaf.ignoreCase === true && leaf.op !== 'matches' && typeof value === 'string' ? value.toLowerCase() : value;
  const value = fold(slowCast(leaf.as, raw));
  if (leaf.hashed !== undefined) return typeof value === 'string' && slowHashed(leaf, value, rawEntry);
  const castsEntry = leaf.as !== 'size' && leaf.as !== 'type' && leaf.op !== 'mod';
  const entry = fold(castsEntry ? slowCast(leaf.as, rawEntry) : rawEntry);
  return value !== undefined && entry !== undefined && slowCompare(leaf, value, entry);
}

/** Whether a leaf holds for the value of its attribute. */
export function slowLeaf(leaf: Leaf, value: Value, listed: readonly Value[]): boolean {
  const values: readonly Value[] = [...(leaf.values ?? []), ...(leaf.value === undefined ? [] : [leaf.value])];
  const present = value !== undefined && value !== null;
  const candidates = Array.isArray(value) && leaf.as !== 'size' ? [value, ...(value as Value[])] : [value];
  if (leaf.op === 'exists') {
    const castable = present && slowCast(leaf.as, value) !== undefined;
    return (castable === (values[0] ?? true)) !== (leaf.negate === true);
  }
  if (!present && leaf.as !== 'type') return leaf.ifMissing ?? false;
  const hit = candidates.some((candidate) =>
    [...values, ...listed].some((entry) => slowOpHolds(leaf, candidate, entry)),
  );
  return hit !== (leaf.negate ?? false);
}
