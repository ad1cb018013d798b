import { parse } from 'yaml';

export interface ComposeService {
  readonly image?: string;
  readonly build?: { readonly context: string; readonly target: string };
  readonly environment?: Readonly<Record<string, string>>;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>> | readonly string[];
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly profiles?: readonly string[];
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly restart?: string;
}

export interface Compose {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

/**
 * What `docker compose config` makes of a file: anchors merged, `${NAME}`, `${NAME:-default}` and `${NAME:?complaint}` replaced,
 * `$$` a dollar sign. A required variable that is not set is an error.
 */
export function readCompose(text: string, environment: Readonly<Record<string, string>>): Compose {
  return interpolate(parse(text, { merge: true }), environment) as Compose;
}

/** Names of the variables that the file demands. */
export function requiredVariables(text: string): string[] {
  return [...new Set([...text.matchAll(/\$\{(\w+):\?/g)].map(([, name = '']) => name))].sort();
}

function interpolate(value: unknown, environment: Readonly<Record<string, string>>): unknown {
  if (typeof value === 'string') return replaced(value, environment);
  if (Array.isArray(value)) return value.map((item) => interpolate(item, environment));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, interpolate(item, environment)]));
}

function replaced(text: string, environment: Readonly<Record<string, string>>): string {
  return text.replaceAll(VARIABLE, (whole, name?: string, operator?: string, rest?: string) => {
    if (whole === '$$') return '$';
    const given = environment[name ?? ''] ?? '';
    if (given !== '') return given;
    if (operator === ':?') throw new Error(`${name ?? ''}: ${rest ?? ''}`);
    return operator === ':-' ? (rest ?? '') : '';
  });
}

const VARIABLE = /\$\$|\$\{(\w+)(?:(:-|:\?)([^}]*))?\}/g;
