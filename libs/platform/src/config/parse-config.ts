import type { z } from 'zod';

/** The environment does not fit the schema; `problems` names every variable, not only the first. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  constructor(readonly problems: readonly string[]) {
    super(`The configuration is not usable:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
  }
}

/**
 * Parses the environment with one schema; empty strings count as absent.
 *
 * @param together problems of variables that are right each by itself, but not together
 * @throws ConfigError that names all of them.
 */
export function parseConfig<S extends z.ZodType>(
  schema: S,
  environment: Record<string, string | undefined>,
  together: (given: Readonly<Record<string, string | undefined>>) => readonly string[] = () => [],
): z.output<S> {
  const given = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = schema.safeParse(given);
  const issues = parsed.error?.issues ?? [];
  const problems = [...issues.map(({ path, message }) => `${path.join('.')}: ${message}`), ...together(given)];
  if (parsed.success && problems.length === 0) return parsed.data;
  throw new ConfigError(problems);
}
