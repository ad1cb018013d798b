import type { Predicate } from '../run.js';

/** A named condition. An unknown one is false; one that leads back to itself makes the evaluation an error. */
export function compileSegment(key: string): Predicate {
  return (subject, run) => {
    const segment = run.environment.segment(key);
    if (segment === undefined || run.error !== undefined) return false;
    const path = (run.segments ??= []);
    if (!run.mayEnter(path, key)) return false;
    path.push(key);
    const matches = segment(subject, run);
    path.pop();
    return matches;
  };
}
