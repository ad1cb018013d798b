import { patientFetch } from './patient-fetch.js';

/** What was answered: JSON as `T`, `undefined` where there was no body. */
export interface Answer<T> {
  readonly status: number;
  readonly body: T;
  readonly headers: Headers;
}

export interface Question {
  /** Text goes as it is, everything else as JSON. */
  readonly body?: unknown;
  /** Access token or API key, sent as a bearer. */
  readonly as?: string | null | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** Asks a service over HTTP, again if it says that it cannot answer at the moment. */
export async function ask<T>(method: string, url: string, { body, as, headers }: Question = {}): Promise<Answer<T>> {
  const response = await patientFetch(url, {
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(as == null ? {} : { authorization: `Bearer ${as}` }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: (text === '' ? undefined : JSON.parse(text)) as T,
  };
}
