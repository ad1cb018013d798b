import { fieldErrors } from '../errors/parse.js';
import { MetricInput } from './metric.js';

const metric = { name: 'revenue', eventName: 'purchase', metricType: 'REVENUE' };

it('takes a percentile to cut at as a fraction, and says so', () => {
  expect(MetricInput.parse({ ...metric, capPercentile: 0.95 }).capPercentile).toBe(0.95);
  const { error } = MetricInput.safeParse({ ...metric, capPercentile: 95 });
  expect(error && fieldErrors(error)).toEqual([
    expect.objectContaining({ path: 'capPercentile', message: 'must be a fraction below 1, such as 0.99' }),
  ]);
});
