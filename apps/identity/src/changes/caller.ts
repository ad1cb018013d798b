import type { Actor } from '@assay/contracts';
import type { CallOrigin } from '@assay/platform';

/** Who makes a change, and from where; every `Call` is one. The platform itself has no origin. */
export interface Caller {
  readonly actor: Actor;
  readonly origin?: CallOrigin;
}
