import type { Ref } from '../definition.js';
import type { Predicate, Subject } from '../run.js';
import { arrayOf, isObject } from './json.js';
import { compileRef } from './ref.js';

/** What `where` sees of an element: its attributes; an element that is no object is its own attribute "". */
export function elementSubject(element: unknown): Subject {
  return isObject(element) ? element : { '': element };
}

/** Some element of the array `ref` fits `where`, whose references start at the element. */
export function compileSome(ref: Ref, where: Predicate): Predicate {
  const read = compileRef(ref);
  return (subject, run) => arrayOf(read(subject, run)).some((element) => where(elementSubject(element), run));
}
