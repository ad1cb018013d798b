import { installTracing } from './tracing.js';

type Environment = Readonly<Record<string, string | undefined>>;

const ASKS = ['OTEL_TRACES_EXPORTER', 'OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'];

/** Whether the standard variables of OpenTelemetry ask for traces. */
export function isTracingAsked(environment: Environment): boolean {
  if (environment['OTEL_SDK_DISABLED']?.toLowerCase() === 'true') return false;
  if (environment['OTEL_TRACES_EXPORTER'] === 'none') return false;
  return ASKS.some((name) => (environment[name] ?? '') !== '');
}

/**
 * Starts to trace when the `OTEL_*` variables ask for it. OpenTelemetry reads them itself (exporter, sampler, batches,
 * resource); it is loaded only then, since it takes some 30 MB and 0.3 s.
 *
 * @param service name of the process; `OTEL_SERVICE_NAME` wins over it
 * @returns how to send what is left and stop.
 */
export async function startTracing(service: string, environment: Environment): Promise<() => Promise<void>> {
  if (!isTracingAsked(environment)) return () => Promise.resolve();
  const { OpenTelemetry } = await import('./open-telemetry.js');
  const telemetry = new OpenTelemetry(environment['OTEL_SERVICE_NAME'] === undefined ? `assay-${service}` : undefined);
  installTracing(telemetry);
  return async () => {
    installTracing(undefined);
    await telemetry.stop();
  };
}
