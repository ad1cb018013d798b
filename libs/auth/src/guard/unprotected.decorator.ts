import { SetMetadata, type CustomDecorator } from '@nestjs/common';

/** Metadata key of `@Unprotected()`, for code that cannot import this lib. */
export const UNPROTECTED = 'assay:unprotected';

/** Opens a handler or controller that has no route in the contracts (health, metrics) to everybody. */
export const Unprotected = (): CustomDecorator => SetMetadata(UNPROTECTED, true);
