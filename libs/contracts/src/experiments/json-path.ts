import { AppError } from '../errors/app-error.js';
import { storageProblem } from './storable-json.js';

/** Gives the value that a path names in an event's metadata; undefined when there is none. */
export type JsonPathReader = (metadata: unknown) => unknown;

type Step = string | number;

const NAME = /^[\p{L}_][\p{L}\p{Nd}_]*/u;
const QUOTED = /^"(?:[^"\\]|\\.)*"/s;
const INDEX = /^\[(0|[1-9]\d{0,8})\]/;
const EXPECTED = 'write it like $.order.total, $."my key" or $.items[0]';

/**
 * Compiles the part of SQL/JSON path that names one value: `$`, then any of `.name`, `."quoted name"` and `[index]`. It
 * reads as PostgreSQL's `strict` mode does: a member of something that is no object, or an index of something that is no
 * array, is nothing. Wildcards, filters and methods are refused, since an event has one value.
 *
 * @throws AppError `validation_failed` with the complaint of {@link jsonPathProblem}
 */
export function parseJsonPath(path: string): JsonPathReader {
  const steps = stepsOf(path);
  if (typeof steps === 'string') throw AppError.field('eventValuePath', steps);
  return (metadata) => steps.reduce(takeStep, metadata);
}

/** Why a path cannot be used, in words for its author; undefined when it can. */
export function jsonPathProblem(path: string): string | undefined {
  const steps = stepsOf(path);
  return typeof steps === 'string' ? steps : undefined;
}

function takeStep(value: unknown, step: Step): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  if (typeof step === 'number') return Array.isArray(value) ? (value as unknown[])[step] : undefined;
  return !Array.isArray(value) && Object.hasOwn(value, step) ? (value as Record<string, unknown>)[step] : undefined;
}

function stepsOf(path: string): Step[] | string {
  if (!path.startsWith('$')) return `must be an SQL/JSON path that starts with $: ${EXPECTED}`;
  const steps: Step[] = [];
  let at = 1;
  while (at < path.length) {
    const next = stepAt(path.slice(at));
    if (typeof next === 'string') return `is not a path at character ${at + 1}: ${next}`;
    steps.push(next.step);
    at += next.length;
  }
  return steps;
}

function stepAt(rest: string): { step: Step; length: number } | string {
  if (rest.startsWith('[')) {
    const index = INDEX.exec(rest);
    if (index !== null) return { step: Number(index[1]), length: index[0].length };
    return rest.startsWith('[*]')
      ? '[*] names many values; name one, such as [0]'
      : 'an index is a whole number such as [0]';
  }
  if (!rest.startsWith('.')) return `after $ comes .name or [index]; ${EXPECTED}`;
  const member = rest.slice(1);
  const name = NAME.exec(member)?.[0];
  if (name !== undefined) return { step: name, length: name.length + 1 };
  const quoted = QUOTED.exec(member)?.[0];
  const text = quoted === undefined ? undefined : unquote(quoted);
  if (quoted === undefined || text === undefined) return `after . comes a name, or a JSON string; ${EXPECTED}`;
  if (storageProblem(text) !== undefined) return `the name in quotes ${storageProblem(text)}`;
  return { step: text, length: quoted.length + 1 };
}

function unquote(quoted: string): string | undefined {
  try {
    return JSON.parse(quoted) as string;
  } catch {
    return undefined;
  }
}
