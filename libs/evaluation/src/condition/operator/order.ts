import { compareVersions, Version } from '../cast/version.js';
import { never, type Test } from './test.js';

export type OrderOp = 'lt' | 'lte' | 'gt' | 'gte';

function compareScalars<T extends number | string>(a: T, b: T): number | undefined {
  if (a < b) return -1;
  if (a > b) return 1;
  return a === b ? 0 : undefined;
}

/** Two numbers, two strings (by code unit) or two versions; anything else is not comparable. */
function compare(a: unknown, b: unknown): number | undefined {
  if (typeof a === 'number' && typeof b === 'number') return compareScalars(a, b);
  if (typeof a === 'string' && typeof b === 'string') return compareScalars(a, b);
  return a instanceof Version && b instanceof Version ? compareVersions(a, b) : undefined;
}

const HOLDS: Readonly<Record<OrderOp, (order: number) => boolean>> = {
  lt: (order) => order < 0,
  lte: (order) => order <= 0,
  gt: (order) => order > 0,
  gte: (order) => order >= 0,
};

/** "Less than any of them" is "less than the largest": one bound for each kind of value is enough. */
function bounds(op: OrderOp, values: readonly unknown[]): readonly unknown[] {
  const loosest: unknown[] = [];
  for (const value of values) {
    if (compare(value, value) === undefined) continue;
    const index = loosest.findIndex((bound) => compare(bound, value) !== undefined);
    if (index < 0) loosest.push(value);
    else if (HOLDS[op](compare(loosest[index], value) ?? 0)) loosest[index] = value;
  }
  return loosest;
}

function numberOrder(op: OrderOp, bound: number): Test {
  switch (op) {
    case 'lt':
      return (value) => typeof value === 'number' && value < bound;
    case 'lte':
      return (value) => typeof value === 'number' && value <= bound;
    case 'gt':
      return (value) => typeof value === 'number' && value > bound;
    case 'gte':
      return (value) => typeof value === 'number' && value >= bound;
  }
}

/** `lt lte gt gte`: the value stands in this order to any of `values` that it can be compared with. */
export function order(op: OrderOp, values: readonly unknown[]): Test {
  const limits = bounds(op, values);
  const [only] = limits;
  if (limits.length === 0) return never;
  if (limits.length === 1 && typeof only === 'number') return numberOrder(op, only);
  const holds = HOLDS[op];
  return (value) =>
    limits.some((limit) => {
      const difference = compare(value, limit);
      return difference !== undefined && holds(difference);
    });
}
