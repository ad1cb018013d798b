import { arrayOf, isObject } from '../condition/json.js';

function servedConditions(serve: unknown): readonly unknown[] {
  const split = isObject(serve) ? serve.split : undefined;
  return isObject(split) ? [split.enroll] : [];
}

/** All conditions written in a flag: requirements, rules, admissions of its splits. */
export function conditionsOf(flag: unknown): readonly unknown[] {
  if (!isObject(flag)) return [];
  const requirements = arrayOf(flag.requires).map((requirement) =>
    isObject(requirement) ? requirement.when : undefined,
  );
  const rules = arrayOf(flag.rules).flatMap((rule) =>
    isObject(rule) ? [rule.when, ...servedConditions(rule.serve)] : [],
  );
  return [...requirements, ...rules, ...servedConditions(flag.default)];
}
