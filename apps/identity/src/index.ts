export { ApiKeysService } from './api-keys/api-keys.service.js';
export { IdentityModule } from './identity.module.js';
export type { IdentitySettings } from './identity-settings.js';
