import { newApiKey } from '../secrets/api-key.js';
import { credentialOf } from './credential.js';

const { key } = newApiKey('server', new Uint8Array(32).fill(7));

describe('credentialOf', () => {
  it('takes a key from either header, whatever the case of the scheme', () => {
    expect(credentialOf({ authorization: `Bearer ${key}` })).toEqual({ kind: 'api_key', key });
    expect(credentialOf({ authorization: `bearer  ${key} ` })).toEqual({ kind: 'api_key', key });
    expect(credentialOf({ 'x-api-key': key })).toEqual({ kind: 'api_key', key });
  });

  it('takes any other bearer for an access token', () => {
    expect(credentialOf({ authorization: 'Bearer a.b.c' })).toEqual({ kind: 'access_token' });
  });

  it('knows nobody without a header', () => {
    expect(credentialOf({})).toEqual({ kind: 'none' });
    expect(credentialOf({ authorization: '', 'x-api-key': '' })).toEqual({ kind: 'none' });
  });

  it.each([
    { authorization: 'Basic YTpi' },
    { authorization: 'Bearer' },
    { authorization: 'Bearer assay_sk_short' },
    { authorization: `Bearer ${key}x` },
    { 'x-api-key': 'a.b.c' },
  ])('refuses %j without a look-up', (headers) => {
    expect(credentialOf(headers).kind).toBe('malformed');
  });
});
