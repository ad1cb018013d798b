import type { Bucket, Leaf } from '../definition.js';
import type { Predicate } from '../run.js';
import { compileBucket } from './bucket.js';
import { always, notEver } from './constant.js';
import { isObject } from './json.js';
import { compileLeaf } from './leaf.js';
import { compileSegment } from './segment.js';
import { compileSome } from './some.js';
import { MAX_DEPTH } from './walk.js';

/*
 * Each closure is made in a function of its own: closures of one function keep all that any of them needs, and there are many
 * conditions.
 */

function both(first: Predicate, second: Predicate): Predicate {
  return (subject, run) => first(subject, run) && second(subject, run);
}

function every(parts: readonly Predicate[]): Predicate {
  return (subject, run) => {
    for (const part of parts) if (!part(subject, run)) return false;
    return true;
  };
}

function either(first: Predicate, second: Predicate): Predicate {
  return (subject, run) => first(subject, run) || second(subject, run);
}

function some(parts: readonly Predicate[]): Predicate {
  return (subject, run) => {
    for (const part of parts) if (part(subject, run)) return true;
    return false;
  };
}

function compileAll(parts: readonly Predicate[]): Predicate {
  const needed = parts.includes(always) ? parts.filter((part) => part !== always) : parts;
  const [first = always, second] = needed;
  if (first === notEver) return notEver;
  if (second === undefined) return first;
  return needed.length === 2 ? both(first, second) : every(needed);
}

function compileAny(parts: readonly Predicate[]): Predicate {
  const needed = parts.includes(notEver) ? parts.filter((part) => part !== notEver) : parts;
  const [first = notEver, second] = needed;
  if (first === always) return always;
  if (second === undefined) return first;
  return needed.length === 2 ? either(first, second) : some(needed);
}

function compileNot(part: Predicate): Predicate {
  if (part === always) return notEver;
  if (part === notEver) return always;
  return (subject, run) => !part(subject, run);
}

function compileParts(parts: readonly unknown[], depth: number): readonly Predicate[] {
  return parts.map((part) => compilePredicate(part, depth));
}

/**
 * Turns a condition into a function. What is no condition is false: it is refused when it is written, and an evaluation
 * does not throw.
 */
export function compilePredicate(cond: unknown, depth = 0): Predicate {
  if (typeof cond === 'boolean') return cond ? always : notEver;
  if (!isObject(cond) || depth > MAX_DEPTH) return notEver;
  if (Array.isArray(cond.all)) return compileAll(compileParts(cond.all, depth + 1));
  if (Array.isArray(cond.any)) return compileAny(compileParts(cond.any, depth + 1));
  if ('not' in cond) return compileNot(compilePredicate(cond.not, depth + 1));
  if (typeof cond.segment === 'string') return compileSegment(cond.segment);
  if (isObject(cond.bucket)) return compileBucket(cond.bucket as unknown as Bucket);
  if (typeof cond.some === 'string') return compileSome(cond.some, compilePredicate(cond.where, depth + 1));
  if (typeof cond.attr === 'string') return compileLeaf(cond as unknown as Leaf);
  return notEver;
}
