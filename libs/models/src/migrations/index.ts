import { Migration0001Identity } from './migration-0001-identity.js';
import { Migration0002Experiments } from './migration-0002-experiments.js';
import { Migration0003Flags } from './migration-0003-flags.js';
import { Migration0004Assignment } from './migration-0004-assignment.js';
import { Migration0005Analysis } from './migration-0005-analysis.js';
import { Migration0006Platform } from './migration-0006-platform.js';
import { Migration0007LogPayload } from './migration-0007-log-payload.js';
import { Migration0010PlansByShard } from './migration-0010-plans-by-shard.js';
import { Migration0020FlagsLive } from './migration-0020-flags-live.js';
import { Migration0022ListChanges } from './migration-0022-list-changes.js';
import { Migration0023ListMembersAlone } from './migration-0023-list-members-alone.js';
import { Migration0030Statistics } from './migration-0030-statistics.js';
import { Migration0031RankedChanges } from './migration-0031-ranked-changes.js';
import { Migration0033RecordedLooks } from './migration-0033-recorded-looks.js';
import { Migration0034BulkListMembers } from './migration-0034-bulk-list-members.js';

/** Every migration under its stable name, in the order in which they are applied. New ones are appended, never edited. */
export const migrations = [
  { name: '0001-identity', class: Migration0001Identity },
  { name: '0002-experiments', class: Migration0002Experiments },
  { name: '0003-flags', class: Migration0003Flags },
  { name: '0004-assignment', class: Migration0004Assignment },
  { name: '0005-analysis', class: Migration0005Analysis },
  { name: '0006-platform', class: Migration0006Platform },
  { name: '0007-log-payload', class: Migration0007LogPayload },
  { name: '0010-plans-by-shard', class: Migration0010PlansByShard },
  { name: '0020-flags-live', class: Migration0020FlagsLive },
  { name: '0022-list-changes', class: Migration0022ListChanges },
  { name: '0023-list-members-alone', class: Migration0023ListMembersAlone },
  { name: '0030-statistics', class: Migration0030Statistics },
  { name: '0031-ranked-changes', class: Migration0031RankedChanges },
  { name: '0033-recorded-looks', class: Migration0033RecordedLooks },
  { name: '0034-bulk-list-members', class: Migration0034BulkListMembers },
];
