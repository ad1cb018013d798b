/** Whether an operator holds for one value, already cast, against any of the values it was compiled with. */
export type Test = (value: unknown) => boolean;

export const never: Test = () => false;

/** The strings among values; the rest cannot be compared as text. */
export function stringsOf(values: readonly unknown[]): readonly string[] {
  return values.filter((value) => typeof value === 'string');
}
