import type { FlagDocument, FlagRule } from '@assay/contracts';
import { rangesFromWeights, type Flag, type Json, type Rule, type Serve } from '@assay/evaluation';

/** The attributes that name the unit of a rollout. */
export const ROLLOUT_UNIT = ['userId'];

/** Id of the rule that gives the flag to a share of the units. */
export const ROLLOUT_RULE = 'rollout';

/** A flag without variants of its own is a boolean one, with these. */
const SWITCH: Readonly<Record<string, Json>> = { on: true, off: false };

/** What a flag is compiled from: what a person wrote, and what its row adds. */
export type CompilableFlag = FlagDocument & { readonly key: string; readonly salt: string };

/**
 * The document of the rule model that the simple fields stand for: targeting rules, then a share of the units by a second
 * hash (so that a growing rollout never moves a unit between variants), then off.
 */
export function compileFlagDocument(flag: CompilableFlag): Flag {
  const { rule, fallback } = rollout(flag);
  return {
    key: flag.key,
    type: flag.type,
    on: flag.status === 'ACTIVE',
    variants: variantValues(flag),
    off: offVariant(flag),
    rules: [...(namedRules(flag.targetingRules) as unknown as Rule[]), ...rule],
    default: fallback,
  };
}

/** Rules with an id each; one that was not named is called after its place. */
export function namedRules(rules: FlagDocument['targetingRules']): FlagRule[] {
  return rules.map((rule, index) => ({ ...rule, id: rule.id ?? `rule-${index + 1}` }));
}

/** The values by the names of their variants. */
export function variantValues(flag: Pick<FlagDocument, 'variants'>): Record<string, Json> {
  if (flag.variants.length === 0) return { ...SWITCH };
  return Object.fromEntries(flag.variants.map(({ key, value }) => [key, value]));
}

/**
 * A flag that is switched off leaves it to the code's default unless its author says otherwise; whom a rollout of a switch
 * does not reach has it off.
 */
function offVariant({ offVariant: chosen, status, variants }: CompilableFlag): string | null {
  if (chosen !== null || status === 'INACTIVE') return chosen;
  return variants.length === 0 ? 'off' : null;
}

function rollout(flag: CompilableFlag): { rule: Rule[]; fallback: Serve } {
  const share = flag.rolloutPercentage / 100;
  if (share === 0) return { rule: [], fallback: { off: true } };
  const served = servedToRollout(flag);
  if (share === 1) return { rule: [], fallback: served };
  const when = { bucket: { salt: `${flag.salt}:coverage`, unit: ROLLOUT_UNIT, in: [[0, share] as const] } };
  return { rule: [{ id: ROLLOUT_RULE, when, serve: served }], fallback: { off: true } };
}

function servedToRollout({ key, salt, variants, defaultVariant }: CompilableFlag): Serve {
  if (variants.length === 0) return { variant: defaultVariant ?? 'on' };
  const weights = variants.map(({ weight }) => weight);
  if (weights.every((weight) => weight === 0))
    return defaultVariant === null ? { off: true } : { variant: defaultVariant };
  const [only, another] = variants.filter(({ weight }) => weight > 0);
  if (only !== undefined && another === undefined) return { variant: only.key };
  const ranges = rangesFromWeights(weights);
  const arms = variants.map((variant, index) => ({ key: variant.key, variant: variant.key, in: ranges[index] ?? [] }));
  return { split: { key, unit: ROLLOUT_UNIT, salt, arms } };
}
