import type { Actor } from '@assay/contracts';

/** Which client of a key an SDK is: by the name it gives itself, else by its program. */
export const sdkClient = ({ id }: Actor, name: string | undefined, userAgent: string | undefined): string =>
  `${id}|${name ?? userAgent ?? ''}`;
