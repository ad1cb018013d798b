import type { Cond, Flag, Json, Rule } from '@assay/evaluation';

/** The value that one user gets; `expiresAt` in epoch milliseconds. */
export interface Override {
  readonly userId: string;
  readonly value: Json;
  readonly expiresAt: number | null;
}

/** Names that no person can give: rules and variants made for overrides begin with it. */
const MADE = '$override';

/**
 * A document with the overrides in front of its rules, one rule per value. Those of a document that had some already are
 * replaced; expired ones are left out, the others end by themselves at their time.
 */
export function withOverrides(document: Flag, overrides: readonly Override[], now: number): Flag {
  const plain = withoutOverrides(document);
  const variants: Record<string, Json> = { ...plain.variants };
  const names = new Map(Object.entries(plain.variants).map(([name, value]) => [canonical(value), name]));
  const groups = new Map<string, Override[]>();
  for (const override of overrides) {
    if (override.expiresAt !== null && override.expiresAt <= now) continue;
    const text = canonical(override.value);
    const name = names.get(text) ?? `${MADE}-${groups.size + 1}`;
    names.set(text, name);
    variants[name] = override.value;
    groups.set(name, [...(groups.get(name) ?? []), override]);
  }
  const rules = [...groups].map(([variant, group], index): Rule => ({
    id: `${MADE}-${index + 1}`,
    when: whenAnyOf(group),
    serve: { variant },
  }));
  return { ...plain, variants, rules: [...rules, ...plain.rules] };
}

/** The document as its author wrote it. */
export function withoutOverrides(document: Flag): Flag {
  const own = Object.entries(document.variants).filter(([name]) => !isMade(name));
  return { ...document, variants: Object.fromEntries(own), rules: document.rules.filter(({ id }) => !isMade(id)) };
}

/** Whether the name of a rule or variant is one of those that only the platform gives. */
export const isMade = (name: string): boolean => name.startsWith(MADE);

function whenAnyOf(overrides: readonly Override[]): Cond {
  const forever = overrides.filter(({ expiresAt }) => expiresAt === null);
  const conditions: Cond[] = overrides.flatMap(({ userId, expiresAt }) =>
    expiresAt === null ? [] : [{ all: [isUser([userId]), { attr: '/$now', op: 'lt' as const, value: expiresAt }] }],
  );
  if (forever.length > 0) conditions.unshift(isUser(forever.map(({ userId }) => userId)));
  const [only, another] = conditions;
  return only !== undefined && another === undefined ? only : { any: conditions };
}

/** Users are compared by their text: 42 and "42" are one. */
const isUser = (values: readonly string[]): Cond => ({ attr: 'userId', as: 'string', op: 'in', values });

/** The same text for the same value, whatever the order of members. */
function canonical(value: Json): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
