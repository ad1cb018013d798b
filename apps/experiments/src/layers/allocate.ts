import type { Cond } from '@assay/evaluation';

/** What of a layer decides which units are next. */
export interface LayerState {
  readonly generation: number;
  readonly salt: string;
  readonly unit: readonly string[];
  /** Conditions of the experiments that ran when this generation began: its own take none of their units. */
  readonly excludes: readonly Cond[];
  /** Share of all units that is left beside those, 0 to 1. */
  readonly mass: number;
  /** Share of the generation's positions that has been given out, also to experiments that have ended. */
  readonly used: number;
}

/** A part that an experiment has now. */
export interface ActivePart {
  readonly share: number;
  readonly condition: Cond;
}

export interface Allocation {
  readonly layer: LayerState;
  readonly condition: Cond;
}

/** Shares are sums of decimals. */
const TOLERANCE = 1e-9;

/** Share of the units that no experiment of the layer has now. */
export const freeShare = (active: readonly ActivePart[]): number =>
  Math.max(0, 1 - active.reduce((sum, { share }) => sum + share, 0));

/**
 * The next part of a layer, `share` of all units. Positions are given out once per generation; when they do not reach, a new
 * generation begins: a new salt mixes all units but those of running experiments, so that nobody inherits the units of an
 * experiment that has ended.
 *
 * @returns undefined when running experiments leave less than `share`
 */
export function allocate(
  layer: LayerState,
  active: readonly ActivePart[],
  share: number,
  saltOf: (generation: number) => string,
): Allocation | undefined {
  const free = freeShare(active);
  if (share > free + TOLERANCE) return undefined;
  const fits = layer.used + share / layer.mass <= 1 + TOLERANCE;
  const current = fits ? layer : nextGeneration(layer, active, free, saltOf);
  const to = Math.min(1, current.used + share / current.mass);
  const range = { bucket: { salt: current.salt, unit: current.unit, in: [[current.used, to] as const] } };
  const others = current.excludes.map((condition): Cond => ({ not: condition }));
  return { layer: { ...current, used: to }, condition: others.length === 0 ? range : { all: [...others, range] } };
}

function nextGeneration(
  { generation, unit }: LayerState,
  active: readonly ActivePart[],
  mass: number,
  saltOf: (generation: number) => string,
): LayerState {
  const next = generation + 1;
  return {
    generation: next,
    salt: saltOf(next),
    unit,
    excludes: active.map(({ condition }) => condition),
    mass,
    used: 0,
  };
}
