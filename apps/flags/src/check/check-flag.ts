import type { FieldError, FlagDocument } from '@assay/contracts';
import { checkFlagRules } from '@assay/evaluation';
import { namedRules, ROLLOUT_RULE, variantValues } from '../compile/compile-flag-document.js';
import { isMade } from '../compile/with-overrides.js';
import { checkValues } from './value-schema.js';

/** Thirds do not add up exactly. */
const TOLERANCE = 0.01;

/** Everything that a parsed flag can still get wrong, all complaints at once and each with the path of the field. */
export function checkFlag(flag: FlagDocument): FieldError[] {
  return [
    ...checkVariants(flag),
    ...checkNamedVariants(flag),
    ...checkRules(flag),
    ...checkTags(flag),
    ...checkSchema(flag),
  ];
}

function checkVariants({ type, variants }: FlagDocument): FieldError[] {
  if (variants.length === 0) {
    return type === 'boolean' ? [] : wrong('variants', `must have at least one variant, since the flag is a ${type}`);
  }
  const errors = variants.flatMap(({ key, value }, index): FieldError[] => {
    const at = `variants[${index}]`;
    const twice = variants.findIndex((other) => other.key === key) < index;
    return [
      ...(twice ? wrong(`${at}.key`, `'${key}' is used twice`) : []),
      ...(hasType(value, type) ? [] : wrong(`${at}.value`, `must be ${TYPE_NAMES[type]}, like the flag`)),
    ];
  });
  const total = variants.reduce((sum, { weight }) => sum + weight, 0);
  if (total > 0 && Math.abs(total - 100) > TOLERANCE) {
    errors.push(
      ...wrong(
        'variants',
        `must have weights that add up to 100 (or are all 0); they add up to ${Number(total.toFixed(3))}`,
      ),
    );
  }
  return errors;
}

const TYPE_NAMES: Readonly<Record<FlagDocument['type'], string>> = {
  boolean: 'a boolean',
  string: 'a text',
  number: 'a number',
  json: 'an object or a list',
};

/** Whether a value can be one of the flag's. */
export function hasType(value: unknown, type: FlagDocument['type']): boolean {
  return type === 'json' ? typeof value === 'object' && value !== null : typeof value === type;
}

export const typeName = (type: FlagDocument['type']): string => TYPE_NAMES[type];

function checkNamedVariants(flag: FlagDocument): FieldError[] {
  const names = Object.keys(variantValues(flag));
  const errors = (['defaultVariant', 'offVariant'] as const).flatMap((field): FieldError[] => {
    const name = flag[field];
    return name === null || names.includes(name)
      ? []
      : wrong(field, `must be one of the variants: ${names.join(', ')}`);
  });
  const unweighted = flag.variants.length > 0 && flag.variants.every(({ weight }) => weight === 0);
  if (unweighted && flag.defaultVariant === null && flag.rolloutPercentage > 0) {
    errors.push(...wrong('defaultVariant', 'must say what the rollout serves, since no variant has a weight'));
  }
  return errors;
}

function checkRules(flag: FlagDocument): FieldError[] {
  const reserved = flag.targetingRules.flatMap(({ id }, index) =>
    id !== undefined && (id === ROLLOUT_RULE || isMade(id))
      ? wrong(`targetingRules[${index}].id`, `'${id}' is a name the platform gives`)
      : [],
  );
  const variants = new Set(Object.keys(variantValues(flag)));
  return [...reserved, ...checkFlagRules(namedRules(flag.targetingRules), { variants }, 'targetingRules')];
}

function checkSchema({ valueSchema, variants }: FlagDocument): FieldError[] {
  const values = variants.map(({ value }, index) => ({ path: `variants[${index}].value`, value }));
  return checkValues(valueSchema, values);
}

function checkTags({ tags }: FlagDocument): FieldError[] {
  return tags.flatMap((tag, index) =>
    tags.indexOf(tag) < index ? wrong(`tags[${index}]`, `'${tag}' is named twice`) : [],
  );
}

const wrong = (path: string, message: string): FieldError[] => [{ path, message }];
