import { AGGREGATIONS as ALL, type Aggregation } from '@assay/contracts';
import type { Metric } from '@assay/models';

/** Every way to sum up the events of a unit; some names say more than the aggregation. */
export const AGGREGATIONS = [...ALL, 'perevent', 'capped', 'unitquantile'] as const;

/** What a metric needs for it besides its events. */
export function settingsOf(aggregation: string, eventName: string, other: string): Partial<Metric> {
  switch (aggregation) {
    case 'ratio':
      return { aggregationMethod: 'ratio', denominatorEventName: other };
    case 'perevent':
      return { aggregationMethod: 'ratio', denominatorEventName: eventName };
    case 'funnel':
      return { aggregationMethod: 'funnel', steps: [other, eventName] };
    case 'capped':
      return { aggregationMethod: 'sum', capPercentile: 0.8 };
    case 'quantile':
      return { aggregationMethod: 'quantile', quantile: 0.7 };
    case 'unitquantile':
      return { aggregationMethod: 'quantile', quantile: 0.5, quantileBy: 'unit' };
    default:
      return { aggregationMethod: aggregation as Aggregation };
  }
}
