// The definitions that the traffic is about, and their changes while it runs.

const METRICS = [
  { name: 'bought', eventName: 'buy', metricType: 'CONVERSION', isPrimary: true },
  { name: 'revenue', eventName: 'buy', metricType: 'REVENUE' },
  { name: 'visits', eventName: 'visit', metricType: 'COUNT' },
];

/** Exposures come with the events. */
export const CLIENT_SIDE = 'chaos-client';
/** Units are assigned by the platform. */
export const SERVER_SIDE = 'chaos-server';
export const VARIANTS = ['control', 'treatment'];
/** Nobody measures it until a metric is added while it runs. */
export const LATE_EVENT = 'share';
const FLAGS = 10;

export async function makeDefinitions(client) {
  for (const key of [CLIENT_SIDE, SERVER_SIDE]) {
    const variants = VARIANTS.map((variant, index) => ({
      key: variant,
      isControl: index === 0,
      trafficAllocation: 50,
    }));
    await client.need('POST', '/api/v1/experiments', { key, name: key, variants, metrics: METRICS });
    await client.need('POST', `/api/v1/experiments/${key}/start`);
  }
  for (let index = 0; index < FLAGS; index += 1) {
    await client.need('POST', '/api/v1/flags', { key: `flag-${index}`, name: `Flag ${index}`, status: 'ACTIVE' });
  }
}

/** Changes definitions one after the other; `expected` is what everybody has to know in the end. */
export class Changes {
  made = 0;
  /** @type {Map<string, boolean>} value of each flag for everybody */
  expected = new Map();
  #amended = false;

  constructor(client, random) {
    this.client = client;
    this.random = random;
  }

  async one() {
    const key = `flag-${this.random.below(FLAGS)}`;
    const isOn = this.random.chance(0.5);
    // Set before: a change without an answer is sent until there is one, and the last one sent is the last one stored.
    await this.client.need('PATCH', `/api/v1/flags/${key}`, { rolloutPercentage: isOn ? 100 : 0 });
    this.expected.set(key, isOn);
    this.made += 1;
  }

  /** Adds a metric to a running experiment: what is stored of its event already has to count too. */
  async amend() {
    if (this.#amended) return;
    this.#amended = true;
    for (const key of [CLIENT_SIDE, SERVER_SIDE]) {
      const metrics = [...METRICS, { name: 'shared', eventName: LATE_EVENT, metricType: 'CONVERSION' }];
      await this.client.need('POST', `/api/v1/experiments/${key}/amendments`, {
        change: { metrics },
        reason: 'one more question',
      });
      this.made += 1;
    }
  }
}
