import { AppError } from '@assay/contracts';
import { createHash } from 'node:crypto';

/** A request under the key that its client gave it. */
export interface IdempotentRequest {
  /** Whose key it is: two actors, or one actor in two projects, never meet. */
  readonly scope: string;
  readonly key: string;
  readonly method: string;
  readonly path: string;
  /** SHA-256 of all that makes the request what it is, so that a key is not used for another one. */
  readonly hash: string;
}

export interface RequestParts {
  readonly actor: { readonly kind: string; readonly id: string };
  readonly projectId: string;
  readonly method: string;
  /** Path and query as sent. */
  readonly url: string;
  readonly body: unknown;
  /** Fields of the body that nothing is made of. */
  readonly without?: readonly string[];
}

/** @throws AppError `validation_failed` for a key that is no plain text of 1 to 255 characters */
export function checkedKey(key: string): string {
  if (/^[\x21-\x7e]{1,255}$/.test(key)) return key;
  throw AppError.field('Idempotency-Key', 'must be 1 to 255 printable ASCII characters without spaces, such as a UUID');
}

/** @throws AppError `validation_failed` for a key that is none */
export function idempotentRequest(given: string, parts: RequestParts): IdempotentRequest {
  const key = checkedKey(given);
  const content = textOf([parts.method, parts.url, bodyOf(parts) ?? null]);
  return {
    scope: `${parts.actor.kind}:${parts.actor.id}:${parts.projectId}`,
    key,
    method: parts.method,
    path: parts.url.split('?', 1)[0] ?? parts.url,
    hash: createHash('sha256').update(content).digest('hex'),
  };
}

function bodyOf({ body, without = [] }: RequestParts): unknown {
  if (without.length === 0 || typeof body !== 'object' || body === null) return body;
  return Object.fromEntries(Object.entries(body).filter(([name]) => !without.includes(name)));
}

function textOf(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    // The engine's stack is the only limit to what JSON.stringify takes of a parsed body.
    if (error instanceof RangeError) throw AppError.field('', 'is nested too deeply');
    throw error;
  }
}
