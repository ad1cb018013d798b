export { IdentityModule } from './identity.module.js';
export type { IdentitySettings } from './identity-settings.js';
