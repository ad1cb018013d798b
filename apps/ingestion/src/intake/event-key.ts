import { hash } from 'node:crypto';

/**
 * The id of an event that came without one in a request that its client may send again: the same whenever it is sent.
 *
 * @param requestKey whose request it is and its `Idempotency-Key`
 */
export const idInRequest = (projectId: string, requestKey: string, index: number): string =>
  eventKey(projectId, `${requestKey}\u0000${index}`);

/**
 * The key by which a resent event is known again: a UUID (version 8, RFC 9562) made of the project and the client's id and
 * of nothing else, in particular not of the time, since a resend may carry another.
 */
export function eventKey(projectId: string, clientId: string): string {
  const hex = hash('sha1', `${projectId}\u0000${clientId}`, 'hex');
  const variant = ((parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
