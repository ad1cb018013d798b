import { FeatureFlagOverride } from './feature-flag-override.entity.js';
import { FeatureFlag } from './feature-flag.entity.js';
import { FlagRevision } from './flag-revision.entity.js';
import { Segment } from './segment.entity.js';

export {
  FLAG_STATUSES,
  FLAG_TYPES,
  FeatureFlag,
  type FlagStatus,
  type FlagType,
  type FlagVariant,
} from './feature-flag.entity.js';
export { FeatureFlagOverride, FlagRevision, Segment };

/** The tables that only the flags service writes. */
export const flagEntities = [FeatureFlag, FeatureFlagOverride, Segment, FlagRevision];
