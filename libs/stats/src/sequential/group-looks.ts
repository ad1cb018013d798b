import { advanceSubDensity, crossingProbability, PATH_START, type SubDensity } from './sub-density.js';

/** A look closer than this to the one before adds no information worth a boundary of its own. */
const REPEATED_LOOK = 1e-5;

/** One look of a plan as its boundary is being built. */
export interface GroupLook {
  readonly t: number;
  /** Index of the last look that counted before this one; -1 for none. */
  readonly before: number;
  /** This look repeats the one before and takes its boundary. */
  readonly repeats: boolean;
  /** Time to the next look that counts. */
  readonly nextStep: number;
}

/** Marks looks that repeat the one before them and measures the steps between the others. */
export function groupLooks(fractions: readonly number[]): GroupLook[] {
  const looks: { t: number; before: number; repeats: boolean; nextStep: number }[] = [];
  let before = -1;
  fractions.forEach((t, index) => {
    const previous = looks[before];
    const repeats = previous !== undefined && t - previous.t <= REPEATED_LOOK;
    looks.push({ t, before, repeats, nextStep: Infinity });
    if (repeats) return;
    if (previous !== undefined) previous.nextStep = t - previous.t;
    before = index;
  });
  return looks;
}

/**
 * Walks the looks, asking `choose` for the boundary of each from the path that arrived there, and returns the
 * boundaries and the path before each look.
 */
export function walkLooks(
  looks: readonly GroupLook[],
  choose: (path: SubDensity, look: GroupLook, index: number) => number,
): { criticalValues: number[]; paths: SubDensity[] } {
  const criticalValues: number[] = [];
  const paths: SubDensity[] = [];
  let path = PATH_START;
  looks.forEach((look, index) => {
    if (look.repeats) {
      criticalValues.push(criticalValues[look.before] ?? NaN);
      paths.push(path);
      return;
    }
    paths.push(path);
    const critical = choose(path, look, index);
    criticalValues.push(critical);
    if (look.nextStep < Infinity) path = advanceSubDensity(path, look.t, critical, look.nextStep);
  });
  return { criticalValues, paths };
}

/** Probability of crossing at each look and not before, under a drift; 0 at looks that repeat. */
export function crossingByLook(
  looks: readonly GroupLook[],
  paths: readonly SubDensity[],
  criticalValues: readonly number[],
  drift: number,
): number[] {
  return looks.map((look, index) =>
    look.repeats
      ? 0
      : crossingProbability(paths[index] ?? PATH_START, look.t, criticalValues[index] ?? Infinity, drift),
  );
}
