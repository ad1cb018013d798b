import type { Op } from '../../definition.js';
import { cidr } from './cidr.js';
import { equality } from './equality.js';
import { modulo } from './modulo.js';
import { order } from './order.js';
import { regex } from './regex.js';
import { never, type Test } from './test.js';
import { text } from './text.js';

/** Compiles an operator with its values, which are already cast. */
export type Operator = (values: readonly unknown[], ignoreCase: boolean) => Test;

const OPERATORS: Readonly<Record<Op, Operator>> = {
  in: (values) => equality(values),
  lt: (values) => order('lt', values),
  lte: (values) => order('lte', values),
  gt: (values) => order('gt', values),
  gte: (values) => order('gte', values),
  startsWith: (values) => text('startsWith', values),
  endsWith: (values) => text('endsWith', values),
  contains: (values) => text('contains', values),
  matches: regex,
  inCidr: cidr,
  mod: modulo,
  // Not a comparison: `leaf.ts` answers it from the presence of the attribute.
  exists: () => never,
};

/** The names of all operators. */
export const OP_NAMES = Object.keys(OPERATORS) as readonly Op[];

/** The operator of that name; an unknown one never holds. */
export function operator(name: unknown): Operator {
  return typeof name === 'string' && Object.hasOwn(OPERATORS, name) ? OPERATORS[name as Op] : () => never;
}
