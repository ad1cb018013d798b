import { AppError, SampleSizeRequest, type DurationAnswer, type DurationRequest } from '@assay/contracts';
import { duration } from '@assay/stats';
import { sampleSizeOf } from './sample-size.js';

/** Days until every variant has its units. @throws AppError naming the field that cannot be planned with */
export function runTimeOf(request: DurationRequest): DurationAnswer {
  const { dailyUnits, coverage, variants } = request;
  const unitsPerVariant = request.unitsPerVariant ?? neededUnits(request);
  const time = duration({ unitsPerArm: unitsPerVariant, arms: variants, dailyUnits, trafficShare: coverage / 100 });
  if (!time.ok) throw AppError.field('dailyUnits', time.refusal.message);
  return { ...time.value, unitsPerVariant, totalUnits: unitsPerVariant * variants };
}

function neededUnits(request: DurationRequest): number {
  const { kind, baseline, effect, dailyUnits: _d, coverage: _c, unitsPerVariant: _u, ...rates } = request;
  if (kind === undefined) throw AppError.field('kind', 'must be given when unitsPerVariant is not');
  if (baseline === undefined) throw AppError.field('baseline', 'must be given when unitsPerVariant is not');
  if (effect === undefined) throw AppError.field('effect', 'must be given when unitsPerVariant is not');
  return sampleSizeOf(SampleSizeRequest.parse({ ...rates, kind, baseline, effect })).unitsPerVariant;
}
