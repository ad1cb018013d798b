import { FeatureFlagOverride } from './feature-flag-override.entity.js';
import { FeatureFlag } from './feature-flag.entity.js';
import { FlagRevision } from './flag-revision.entity.js';
import { FlagEvaluationCount } from './flag-evaluation-count.entity.js';
import { FlagSchedule } from './flag-schedule.entity.js';
import { Segment } from './segment.entity.js';
import { ValueListMember } from './value-list-member.entity.js';
import { ValueList } from './value-list.entity.js';

export { FeatureFlag, type FlagVariant } from './feature-flag.entity.js';
export { SCHEDULE_STATUSES, FlagSchedule, type ScheduleStatus } from './flag-schedule.entity.js';
export { FeatureFlagOverride, FlagEvaluationCount, FlagRevision, Segment, ValueList, ValueListMember };

/** The tables that only the flags service writes. */
export const flagEntities = [
  FeatureFlag,
  FeatureFlagOverride,
  Segment,
  FlagRevision,
  FlagSchedule,
  FlagEvaluationCount,
  ValueList,
  ValueListMember,
];
