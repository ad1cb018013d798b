const SPLITTER = 134217729; // 2^27 + 1

/**
 * `a b - c d` with the rounding errors of both products carried along (Dekker 1971), so that `n Σxy - Σx Σy` keeps every
 * digit that the sums themselves still hold.
 */
export function differenceOfProducts(a: number, b: number, c: number, d: number): number {
  const first = a * b;
  const second = c * d;
  const rest = productError(a, b, first) - productError(c, d, second);
  const difference = first - second;
  return Number.isFinite(rest) ? difference + rest : difference;
}

/** `a b - round(a b)`, exactly. */
function productError(a: number, b: number, product: number): number {
  const aHigh = high(a);
  const bHigh = high(b);
  const aLow = a - aHigh;
  const bLow = b - bHigh;
  return aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow);
}

function high(x: number): number {
  const scaled = SPLITTER * x;
  return scaled - (scaled - x);
}
