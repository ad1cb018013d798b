/** The shortest comment of a server-sent stream: keeps proxies from closing it and shows who has gone. */
export const HEARTBEAT = Buffer.from(':\n\n');

/** What tells every client of an environment to fetch again; made once per change, the same bytes for all. */
export interface Frame {
  /** Names the state of the definitions it tells of. */
  readonly id: string;
  readonly bytes: Buffer;
}

/** A `refetchEvaluation` of OFREP 0.3. @param at epoch milliseconds of the change */
export function refetchFrame(fingerprint: string, at: number): Frame {
  const data = JSON.stringify({
    type: 'refetchEvaluation',
    etag: fingerprint,
    lastModified: Math.floor(at / 1_000),
  });
  return { id: fingerprint, bytes: Buffer.from(`id: ${fingerprint}\nevent: message\ndata: ${data}\n\n`) };
}

/**
 * The first block: when to come back after a broken connection, and, where it is known what the client has, that as its last
 * event. A block without data is no event.
 */
export function openingBlock(retryMilliseconds: number, fingerprint: string | undefined): Buffer {
  const id = fingerprint === undefined ? '' : `id: ${fingerprint}\n`;
  return Buffer.from(`retry: ${retryMilliseconds}\n${id}\n`);
}
