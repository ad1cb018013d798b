import { emptyMoments, freezeMoments, type Moments } from '@assay/stats';
import { startOf, unitsOf, type RankRun } from './rank-run.js';

/** Sums about an origin: of the deviations, and of their products (upper triangle, row by row). */
interface SumsAbout {
  readonly rests: Float64Array;
  readonly products: Float64Array;
}

/** What the sums of a run were computed with. */
interface Held {
  readonly cap: number;
  readonly origin: Float64Array;
  readonly sums: SumsAbout;
}

/** How far the origin may lie from the mean, as a share of the variance, before it is moved there. */
const FAR = 1e-4;
/** From far away the first move ends near the means only as far as the old origin has digits. */
const MOVES = 3;

/**
 * Moments of one arm of a metric that is cut at a cap. They are sums about an origin near the means, with the correction for
 * what is between the two (Chan, Golub & LeVeque 1983), so that a large offset costs no digits, and sums of different runs add
 * up. Those of a run that has not changed are not computed again as long as the cap and the origin stay.
 */
export class CappedMoments {
  private origin: Float64Array | undefined;
  private readonly held = new WeakMap<RankRun, Held>();

  /**
   * @param cut places of the quantities that are cut
   * @param cap Infinity cuts nothing
   */
  constructor(
    private readonly width: number,
    private readonly cut: readonly number[],
  ) {}

  /** @param runs without negative counts; together all units of the arm */
  of(runs: readonly RankRun[], cap: number): Moments {
    const n = runs.reduce((units, run) => units + unitsOf(run), 0);
    if (n === 0) return emptyMoments(this.width);
    this.origin ??= this.firstTuple(runs, cap);
    for (let moves = 0; ; moves += 1) {
      const origin: Float64Array = this.origin;
      const sums = this.sumsAbout(origin, runs, cap);
      if (moves === MOVES || !isFar(sums, n)) return momentsOf(origin, sums, n);
      this.origin = origin.map((value, index) => value + (sums.rests[index] ?? 0) / n);
    }
  }

  private firstTuple(runs: readonly RankRun[], cap: number): Float64Array {
    const first = runs.find(({ counts }) => counts.length > 0)?.values ?? [];
    return Float64Array.from({ length: this.width }, (_, index) => cutAt(first[index] ?? 0, this.capOf(index, cap)));
  }

  private sumsAbout(origin: Float64Array, runs: readonly RankRun[], cap: number): SumsAbout {
    const total = {
      rests: new Float64Array(this.width),
      products: new Float64Array((this.width * (this.width + 1)) / 2),
    };
    for (const run of runs) {
      const { rests, products } = this.sumsOf(run, origin, cap);
      rests.forEach((rest, index) => (total.rests[index] = (total.rests[index] ?? 0) + rest));
      products.forEach((product, index) => (total.products[index] = (total.products[index] ?? 0) + product));
    }
    return total;
  }

  private sumsOf(run: RankRun, origin: Float64Array, cap: number): SumsAbout {
    const held = this.held.get(run);
    if (held?.cap === cap && held.origin === origin) return held.sums;
    const caps = Float64Array.from({ length: this.width }, (_, index) => this.capOf(index, cap));
    const sums = sumsOfRun(run, origin, caps);
    this.held.set(run, { cap, origin, sums });
    return sums;
  }

  private readonly capOf = (index: number, cap: number): number => (this.cut.includes(index) ? cap : Infinity);
}

function sumsOfRun(run: RankRun, origin: Float64Array, caps: Float64Array): SumsAbout {
  const width = origin.length;
  const rests = new Float64Array(width);
  const products = new Float64Array((width * (width + 1)) / 2);
  const deviations = new Float64Array(width);
  const { values, counts } = run;
  for (let tuple = 0; tuple < counts.length; tuple += 1) {
    const start = startOf(run, tuple);
    const count = counts[tuple] ?? 0;
    let at = 0;
    for (let row = 0; row < width; row += 1) {
      deviations[row] = cutAt(values[start + row] ?? 0, caps[row] ?? Infinity) - (origin[row] ?? 0);
    }
    for (let row = 0; row < width; row += 1) {
      const weighted = count * (deviations[row] ?? 0);
      rests[row] = (rests[row] ?? 0) + weighted;
      for (let column = row; column < width; column += 1, at += 1) {
        products[at] = (products[at] ?? 0) + weighted * (deviations[column] ?? 0);
      }
    }
  }
  return { rests, products };
}

const cutAt = (value: number, cap: number): number => (value > cap ? cap : value);

function isFar({ rests, products }: SumsAbout, n: number): boolean {
  let diagonal = 0;
  for (let row = 0; row < rests.length; row += 1) {
    const rest = rests[row] ?? 0;
    if ((rest * rest) / n > FAR * (products[diagonal] ?? 0)) return true;
    diagonal += rests.length - row;
  }
  return false;
}

function momentsOf(origin: Float64Array, { rests, products }: SumsAbout, n: number): Moments {
  const centred: number[] = [];
  for (let row = 0; row < rests.length; row += 1) {
    for (let column = row; column < rests.length; column += 1) {
      const product = products[centred.length] ?? 0;
      centred.push(product - ((rests[row] ?? 0) * (rests[column] ?? 0)) / n);
    }
  }
  return freezeMoments(
    n,
    Array.from(origin, (value, index) => value + (rests[index] ?? 0) / n),
    centred,
  );
}
