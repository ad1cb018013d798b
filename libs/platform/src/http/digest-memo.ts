import { hash } from 'node:crypto';

/**
 * SHA-256 of credentials that come again and again. A program shows the same key with each call, and hashing it is a good part
 * of what an evaluation takes. Credentials are kept in memory only, so many at the most, and all are forgotten when there are more.
 */
export class DigestMemo {
  private readonly digests = new Map<string, string>();

  /** @param most credentials kept */
  constructor(private readonly most = 1_000) {}

  /** The SHA-256 of the text in hex. */
  of(text: string): string {
    const known = this.digests.get(text);
    if (known !== undefined) return known;
    const digest = hash('sha256', text, 'hex');
    if (this.digests.size >= this.most) this.digests.clear();
    this.digests.set(text, digest);
    return digest;
  }
}
