import { compileDefinitions } from '../src/index.js';
import type { CompiledDefinitions, Cond, Flag, Rule, Split } from '../src/index.js';

/** A flag with the variants a, b and off, which serves a unless its fields say otherwise. */
export function flag(key: string, fields: Partial<Flag> = {}): Flag {
  const variants = { a: 'A', b: 'B', off: 'OFF' };
  return { key, type: 'string', on: true, off: 'off', variants, rules: [], default: { variant: 'a' }, ...fields };
}

export const isNorway: Cond = { attr: 'country', op: 'in', values: ['NO'] };

export const rule = (id: string, when: Cond, variant = 'b'): Rule => ({ id, when, serve: { variant } });

/** An experiment with one arm, in which everybody is. */
export const split = (fields: Partial<Split> = {}): Split => ({
  key: 'exp',
  salt: 'exp',
  unit: ['userId'],
  arms: [{ key: 'only', variant: 'b', in: [[0, 1]] }],
  ...fields,
});

/** That another flag is on, or that it is not. */
export const needs = (key: string, wanted = true): Cond => ({ flag: key, attr: 'on', op: 'in', values: [wanted] });

export function compile(...flags: Flag[]): CompiledDefinitions {
  return compileDefinitions({ flags: Object.fromEntries(flags.map((each) => [each.key, each])) });
}
