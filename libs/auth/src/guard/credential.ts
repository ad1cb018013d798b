import { looksLikeApiKey } from '../secrets/api-key.js';

/** What a request shows to say who it is. */
export type Credential =
  | { readonly kind: 'none' }
  | { readonly kind: 'api_key'; readonly key: string }
  | { readonly kind: 'access_token' }
  | { readonly kind: 'malformed'; readonly message: string };

/** Headers of a request, names in small letters. */
export type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** Reads `Authorization: Bearer <access token | api key>`, else `X-API-Key`. */
export function credentialOf(headers: Headers): Credential {
  const authorization = headers['authorization'];
  if (typeof authorization === 'string' && authorization !== '') {
    const bearer = /^bearer +(\S+) *$/i.exec(authorization)?.[1];
    if (bearer === undefined)
      return { kind: 'malformed', message: 'Authorization must be "Bearer <access token or api key>".' };
    return bearer.startsWith('assay_') ? apiKey(bearer) : { kind: 'access_token' };
  }
  const key = headers['x-api-key'];
  return typeof key === 'string' && key !== '' ? apiKey(key) : { kind: 'none' };
}

function apiKey(key: string): Credential {
  return looksLikeApiKey(key) ? { kind: 'api_key', key } : { kind: 'malformed', message: 'The api key is not valid.' };
}
