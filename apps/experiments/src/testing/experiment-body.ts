let made = 0;

/** Body of `POST /experiments`: a sound A/B test with a key of its own. */
export function experimentBody(change: object = {}) {
  made += 1;
  return {
    key: `gate-${made}`,
    name: 'Gate at level 40',
    hypothesis: 'A later gate keeps players',
    tags: ['game'],
    variants: [
      { key: 'gate_30', name: 'Gate 30', isControl: true, trafficAllocation: 50, configuration: { level: 30 } },
      { key: 'gate_40', name: 'Gate 40', isControl: false, trafficAllocation: 50, configuration: { level: 40 } },
    ],
    metrics: [
      { name: 'retention_7', eventName: 'retained_7', metricType: 'CONVERSION', isPrimary: true },
      {
        name: 'revenue',
        eventName: 'purchase',
        metricType: 'REVENUE',
        role: 'guardrail',
        eventValuePath: '$.order.total',
      },
    ],
    ...change,
  };
}
