/** Conditions of SQL that all hold, with their values. Each `and` gives conditions of which there is one more. */
export class Conditions {
  static readonly none = new Conditions('true', []);

  private constructor(
    readonly sql: string,
    readonly values: readonly unknown[],
  ) {}

  /** @param sql with a `?` for each value */
  and(sql: string, ...given: readonly unknown[]): Conditions {
    let number = this.values.length;
    const numbered = sql.replaceAll('?', () => `$${(number += 1)}`);
    return new Conditions(`${this.sql} AND ${numbered}`, [...this.values, ...given]);
  }

  /** As `and`, if there is a value. */
  andIf(sql: string, value: string | undefined): Conditions {
    return value === undefined ? this : this.and(sql, value);
  }
}

/** What `LIKE` takes for texts that begin with `text`; undefined when all do. */
export const prefixPattern = (text: string | undefined): string | undefined =>
  text === undefined || text === '' ? undefined : `${text.replace(/[\\%_]/g, '\\$&')}%`;
