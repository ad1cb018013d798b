export { GatewayModule } from './gateway.module.js';
export { limitRequests, type RequestLimits } from './limits/limit-requests.js';
export { allowOrigins, type AllowedOrigins } from './origins/allow-origins.js';
