import { hash } from 'node:crypto';
import type { Outcome } from './flag-outcome.js';

/** Texts kept of one environment: users of one kind get the same, and there are a few kinds. */
const MOST_TEXTS = 100;
/** Arguments of one call. */
const CODES_AT_ONCE = 4_096;
/** Longer texts are made anew each time. */
const MOST_CHARACTERS = 65_536;

/** The answers of many flags as the beginning of one JSON object, and what stands for it. */
export interface BulkText {
  /** `{"flags":[…],"metadata":{…}`: without its last bracket. */
  readonly text: string;
  /** Of the text as it goes out. */
  readonly bytes: number;
  readonly digest: string;
}

/** Puts the answers of all flags together, once for all contexts that have the same. */
export class BulkTexts {
  private readonly known = new Map<string, BulkText>();

  /** @param outcomes in the order of their flags, all of one `flagSetId` */
  of(outcomes: readonly Outcome[], flagSetId: string): BulkText {
    const name = nameOf(outcomes, flagSetId);
    const known = name === undefined ? undefined : this.known.get(name);
    if (known !== undefined) return known;
    const made = bulkText(outcomes, flagSetId);
    if (name !== undefined && made.text.length <= MOST_CHARACTERS) {
      if (this.known.size >= MOST_TEXTS) this.known.clear();
      this.known.set(name, made);
    }
    return made;
  }
}

/** Undefined when an outcome is not remembered: such a text does not come again. */
function nameOf(outcomes: readonly Outcome[], flagSetId: string): string | undefined {
  const codes: number[] = [];
  for (const { id } of outcomes) {
    if (id === 0) return undefined;
    codes.push(id & 0xffff, id >>> 16);
  }
  // Two characters an outcome: text of digits would take longer to put together than the answer.
  let name = flagSetId;
  for (let at = 0; at < codes.length; at += CODES_AT_ONCE) {
    name += String.fromCharCode(...codes.slice(at, at + CODES_AT_ONCE));
  }
  return name;
}

function bulkText(outcomes: readonly Outcome[], flagSetId: string): BulkText {
  const flags = outcomes.map(({ text }) => text).join();
  const text = `{"flags":[${flags}],"metadata":{"flagSetId":${JSON.stringify(flagSetId)}}`;
  return { text, bytes: Buffer.byteLength(text), digest: hash('sha256', text, 'base64url') };
}
