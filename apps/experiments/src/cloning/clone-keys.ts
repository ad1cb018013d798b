const MAX_KEY = 100;
const TRIES = 50;

/** Keys for a copy in the order they are tried: `gate-copy`, `gate-copy-2`, … within the length a key may have. */
export function cloneKeys(key: string): [string, ...string[]] {
  const withSuffix = (suffix: string): string => key.slice(0, MAX_KEY - suffix.length) + suffix;
  return [withSuffix('-copy'), ...Array.from({ length: TRIES }, (_, index) => withSuffix(`-copy-${index + 2}`))];
}
