import type { Bucket } from '../definition.js';
import type { Predicate } from '../run.js';
import { compileRanges } from '../split/ranges.js';
import { compileHashing } from '../split/unit.js';

/** The position of the subject's unit lies in one of the ranges. Without a unit it does not. */
export function compileBucket(bucket: Bucket): Predicate {
  const { unit: findUnit, position, zeroIfMissing } = compileHashing(bucket);
  const within = compileRanges(bucket.in);
  const withoutUnit = zeroIfMissing && within(0);
  return (subject, run) => {
    const unit = findUnit(subject, run);
    return unit === undefined ? withoutUnit : within(position(unit.text, unit.raw));
  };
}
