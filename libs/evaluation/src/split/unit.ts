import { compileRef, type Reader } from '../condition/ref.js';
import { arrayOf, textOf } from '../condition/json.js';
import type { Hashing } from '../definition.js';
import { cbor } from '../hash/cbor.js';
import type { HashFunction, Position } from '../hash/hash-function.js';
import { hashFunction } from '../hash/profiles.js';
import type { Run, Subject } from '../run.js';

/** The unit of a subject: what is hashed, and the attribute it was found in. */
export interface Unit {
  readonly ref: string;
  readonly text: string;
  readonly raw: unknown;
}

/**
 * The text of a value that can be a unit: a string that is not empty, a number or a boolean (so that 123 and "123" are the
 * same unit). Objects and arrays are units only under a profile that hashes structure.
 */
export function unitText(value: unknown, structured: boolean): string | undefined {
  switch (typeof value) {
    case 'string':
      return value === '' ? undefined : value;
    case 'number':
      return Number.isFinite(value) ? String(value) : undefined;
    case 'boolean':
      return String(value);
    case 'object':
      // What has no CBOR (too deep, no JSON) could not be hashed either.
      return structured && value !== null && cbor(value) !== undefined ? JSON.stringify(value) : undefined;
    default:
      return undefined;
  }
}

/** How the units of a bucket predicate or a split are found and placed. */
export interface CompiledHashing {
  /** The first reference with a usable value. */
  readonly unit: (subject: Subject, run: Run) => Unit | undefined;
  /** All references with a usable value, in order. */
  readonly units: (subject: Subject, run: Run) => Unit[];
  readonly position: Position;
  /** The profile, if it is known. */
  readonly profile: HashFunction | undefined;
  /** A subject without a unit stands at position 0. */
  readonly zeroIfMissing: boolean;
}

const nowhere: Position = () => NaN;

interface UnitReader {
  readonly ref: string;
  readonly read: Reader;
}

/** Does once what does not depend on the subject. An unknown profile places units nowhere. */
export function compileHashing(hashing: Hashing): CompiledHashing {
  const profile = hashFunction(hashing.hash);
  const structured = profile?.structured === true;
  const readers = arrayOf(hashing.unit)
    .filter((ref) => typeof ref === 'string')
    .map((ref): UnitReader => ({ ref, read: compileRef(ref) }));
  const unitOf = ({ ref, read }: UnitReader, subject: Subject, run: Run): Unit | undefined => {
    const raw = read(subject, run);
    const text = unitText(raw, structured);
    return text === undefined ? undefined : { ref, text, raw };
  };
  return {
    unit: (subject, run) => {
      for (const reader of readers) {
        const unit = unitOf(reader, subject, run);
        if (unit !== undefined) return unit;
      }
      return undefined;
    },
    units: (subject, run) => readers.flatMap((reader) => unitOf(reader, subject, run) ?? []),
    position: profile === undefined ? nowhere : profile.prepare(textOf(hashing.salt), hashing.mod),
    profile,
    zeroIfMissing: hashing.missing === 0,
  };
}
