/** A patch without the fields that it leaves alone. */
export type Given<T> = { [K in keyof T]: Exclude<T[K], undefined> };

export function givenFields<T extends object>(patch: T): Given<T> {
  return Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined)) as Given<T>;
}
