/** Injection token of the `LogTransport` in use. */
export const LOG_TRANSPORT = Symbol('assay:log-transport');
