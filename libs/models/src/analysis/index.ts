import { ArmDays } from './arm-days.entity.js';
import { ArmStatistics } from './arm-statistics.entity.js';
import { ExperimentPlan } from './experiment-plan.entity.js';
import { Event } from './event.entity.js';
import { LedgerCounter } from './ledger-counter.entity.js';
import { RankedChanges } from './ranked-changes.entity.js';
import { RecordedLook } from './recorded-look.entity.js';
import { RejectedEvent } from './rejected-event.entity.js';
import { UnitMetrics } from './unit-metrics.entity.js';

export {
  ArmDays,
  ArmStatistics,
  Event,
  ExperimentPlan,
  LedgerCounter,
  RankedChanges,
  RecordedLook,
  RejectedEvent,
  UnitMetrics,
};

/** The tables that only the analysis service writes. */
export const analysisEntities = [
  Event,
  ExperimentPlan,
  UnitMetrics,
  ArmStatistics,
  ArmDays,
  RankedChanges,
  LedgerCounter,
  RecordedLook,
  RejectedEvent,
];
