/** Both arms' sizes and how many units converted in all: what Fisher's test takes as given. */
export interface TableMargins {
  readonly treated: number;
  readonly untreated: number;
  readonly converted: number;
}

/** Below this a double loses digits, and would at last not become smaller any more. */
const SMALLEST_WEIGHT = 1e-305;

/**
 * Visits the possible numbers of treatment conversions with their relative probabilities, by the ratio of neighbours outwards
 * from the mode (which gets weight 1), so that nothing is lost to log-gammas of large counts. Each way it ends where the
 * weight is too small for a double: about 37 standard deviations out, however many units there are.
 */
export function visitTables(
  margins: TableMargins,
  visit: (treatmentConversions: number, weight: number) => void,
): void {
  const { treated, untreated, converted } = margins;
  const [low, high] = tableRange(margins);
  const mode = Math.min(high, Math.max(low, Math.floor(((converted + 1) * (treated + 1)) / (treated + untreated + 2))));
  const ratio = (k: number): number => ((treated - k) * (converted - k)) / ((k + 1) * (untreated - converted + k + 1));
  let weight = 1;
  for (let k = mode; k <= high && weight > SMALLEST_WEIGHT; k++) {
    visit(k, weight);
    weight *= ratio(k);
  }
  weight = 1;
  for (let k = mode - 1; k >= low; k--) {
    weight /= ratio(k);
    if (!(weight > SMALLEST_WEIGHT)) break;
    visit(k, weight);
  }
}

/** The relative probabilities of all tables, from the fewest treatment conversions to the most. */
export function hypergeometricWeights(margins: TableMargins): Float64Array {
  const [low, high] = tableRange(margins);
  const weights = new Float64Array(high - low + 1);
  visitTables(margins, (conversions, weight) => {
    weights[conversions - low] = weight;
  });
  return weights;
}

function tableRange({ treated, untreated, converted }: TableMargins): readonly [number, number] {
  return [Math.max(0, converted - untreated), Math.min(converted, treated)];
}
