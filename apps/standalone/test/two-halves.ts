import type { AssayServer } from './assay-process.js';

/** The variants of a test in which every second unit sees the treatment. */
export const halves = (control: string, treatment: string) =>
  [control, treatment].map((key) => ({ key, name: key, isControl: key === control, trafficAllocation: 50 }));

/** The body of an experiment with two halves and one metric, if `fields` do not say otherwise. */
export const twoHalves = (key: string, fields: object = {}): object => ({
  key,
  name: key,
  variants: halves('control', 'treatment'),
  metrics: [{ name: 'm', eventName: 'e', metricType: 'CONVERSION', isPrimary: true }],
  ...fields,
});

/** Makes such an experiment and starts it. */
export async function startTwoHalves(server: AssayServer, key: string, fields: object = {}): Promise<Started> {
  const { id } = await server.send<{ id: string }>('POST', '/experiments', twoHalves(key, fields));
  const { version } = await server.send<{ version: number }>('POST', `/experiments/${id}/start`, {});
  return { id, version };
}

export interface Started {
  readonly id: string;
  /** Of its definition, as the start left it. */
  readonly version: number;
}
