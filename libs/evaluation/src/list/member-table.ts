import { murmur3Finish, murmur3State } from '../hash/murmur3.js';
import { utf8 } from '../hash/utf8.js';

const NOTHING = murmur3State('', 0);
const LEAST_SLOTS = 16;
const BYTES_A_MEMBER = 16;

/**
 * Texts of a large set in a few flat arrays: their UTF-8 bytes one after the other, and an open hash table over them. A million
 * ids take some 40 bytes each and are nothing that the garbage collector looks at. Texts can be added, not removed.
 */
export class MemberTable implements Iterable<string> {
  private count = 0;
  private bytes: Uint8Array;
  /** Where each text ends; it begins where the one before ends. */
  private ends: Uint32Array;
  private hashes: Uint32Array;
  /** Numbers of texts from 1 on by their hashes; 0 is a free slot. Never more than half full. */
  private slots: Int32Array;

  /** @param expected how many texts there will be, if that is known */
  constructor(expected = 0) {
    const room = Math.max(LEAST_SLOTS, expected);
    this.bytes = new Uint8Array(room * BYTES_A_MEMBER);
    this.ends = new Uint32Array(room);
    this.hashes = new Uint32Array(room);
    this.slots = new Int32Array(slotsFor(room));
  }

  get size(): number {
    return this.count;
  }

  /** Memory that the members take. */
  get byteLength(): number {
    const { bytes, ends, hashes, slots } = this;
    return bytes.byteLength + ends.byteLength + hashes.byteLength + slots.byteLength;
  }

  has(text: string): boolean {
    return this.find(text, murmur3Finish(NOTHING, text)) >= 0;
  }

  /** Whether the text is new. */
  add(text: string): boolean {
    const hash = murmur3Finish(NOTHING, text);
    if (this.find(text, hash) >= 0) return false;
    const encoded = utf8(text);
    const start = this.start(this.count);
    this.makeRoom(start + encoded.length);
    this.bytes.set(encoded, start);
    this.ends[this.count] = start + encoded.length;
    this.hashes[this.count] = hash;
    this.count += 1;
    this.place(this.count, hash);
    return true;
  }

  /** Gives back what was reserved and not used. */
  trim(): this {
    this.bytes = this.bytes.slice(0, this.start(this.count));
    this.ends = this.ends.slice(0, this.count);
    this.hashes = this.hashes.slice(0, this.count);
    return this;
  }

  /** In the order in which they were added. */
  *[Symbol.iterator](): Iterator<string> {
    const decoder = new TextDecoder();
    for (let index = 0; index < this.count; index++) {
      yield decoder.decode(this.bytes.subarray(this.start(index), this.ends[index]));
    }
  }

  private start(index: number): number {
    return index === 0 ? 0 : (this.ends[index - 1] as number);
  }

  /** Index of the text; -1 when it is not here. */
  private find(text: string, hash: number): number {
    const { slots, hashes } = this;
    const mask = slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const index = (slots[slot] as number) - 1;
      if (index < 0) return -1;
      if (hashes[index] === hash && this.equals(index, text)) return index;
    }
  }

  private equals(index: number, text: string): boolean {
    const start = this.start(index);
    const length = (this.ends[index] as number) - start;
    if (length < text.length) return false;
    for (let at = 0; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      if (unit >= 0x80) return this.equalsBytes(start, length, utf8(text));
      if (this.bytes[start + at] !== unit) return false;
    }
    return length === text.length;
  }

  private equalsBytes(start: number, length: number, other: Uint8Array): boolean {
    return length === other.length && other.every((byte, at) => this.bytes[start + at] === byte);
  }

  private place(number: number, hash: number): void {
    const mask = this.slots.length - 1;
    let slot = hash & mask;
    while (this.slots[slot] !== 0) slot = (slot + 1) & mask;
    this.slots[slot] = number;
  }

  private makeRoom(bytes: number): void {
    if (bytes > this.bytes.length)
      this.bytes = grown(this.bytes, new Uint8Array(Math.max(bytes, this.bytes.length * 2)));
    if (this.count < this.ends.length) return;
    const room = Math.max(LEAST_SLOTS, this.count * 2);
    this.ends = grown(this.ends, new Uint32Array(room));
    this.hashes = grown(this.hashes, new Uint32Array(room));
    this.slots = new Int32Array(slotsFor(room));
    for (let index = 0; index < this.count; index++) this.place(index + 1, this.hashes[index] as number);
  }
}

/** A power of two, at least twice as many as the texts. */
function slotsFor(members: number): number {
  return 2 ** Math.ceil(Math.log2(members * 2));
}

function grown<A extends Uint8Array | Uint32Array>(from: A, to: A): A {
  to.set(from);
  return to;
}
