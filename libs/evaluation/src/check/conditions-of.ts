import { arrayOf, isObject } from '../condition/json.js';

/** A condition and where it stands in its definition. */
export interface PlacedCondition {
  readonly path: string;
  readonly cond: unknown;
}

function served(serve: unknown, path: string): readonly PlacedCondition[] {
  const split = isObject(serve) ? serve.split : undefined;
  return isObject(split) ? [{ path: `${path}.split.enroll`, cond: split.enroll }] : [];
}

/** All conditions written in a flag: requirements, rules, admissions of its splits. */
export function conditionsOf(flag: unknown): readonly PlacedCondition[] {
  if (!isObject(flag)) return [];
  const requirements = arrayOf(flag.requires).map((requirement, index) => ({
    path: `requires[${index}].when`,
    cond: isObject(requirement) ? requirement.when : undefined,
  }));
  const rules = arrayOf(flag.rules).flatMap((rule, index) => {
    const path = `rules[${index}]`;
    return isObject(rule) ? [{ path: `${path}.when`, cond: rule.when }, ...served(rule.serve, `${path}.serve`)] : [];
  });
  return [...requirements, ...rules, ...served(flag.default, 'default')];
}
