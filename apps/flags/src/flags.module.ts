import { DefinitionsModule, KeyRegister, References } from '@assay/definitions';
import { Module } from '@nestjs/common';
import { FlagRepository } from './definition/flag.repository.js';
import { FlagsController } from './definition/flags.controller.js';
import { FlagsService } from './definition/flags.service.js';
import { FlagEditor } from './editing/flag-editor.service.js';
import { FlagMaker } from './editing/flag-maker.service.js';
import { Journal } from './editing/journal.service.js';
import { FlagEnvironmentsController } from './environments/flag-environments.controller.js';
import { FlagEnvironmentsService } from './environments/flag-environments.service.js';
import { EvaluationsConsumer } from './evaluations/evaluations.consumer.js';
import { EvaluationsController } from './evaluations/evaluations.controller.js';
import { EvaluationsRepository } from './evaluations/evaluations.repository.js';
import { FlagDefinitionController } from './expert/flag-definition.controller.js';
import { FlagDefinitionService } from './expert/flag-definition.service.js';
import { FlagLifeController } from './life/flag-life.controller.js';
import { FlagLifeService } from './life/flag-life.service.js';
import { BulkMembersRepository } from './lists/bulk-members.repository.js';
import { ListJournal } from './lists/list-journal.service.js';
import { ListRepository } from './lists/list.repository.js';
import { ListsController } from './lists/lists.controller.js';
import { ListsService } from './lists/lists.service.js';
import { MembersRepository } from './lists/members.repository.js';
import { MembersService } from './lists/members.service.js';
import { OverridesController } from './overrides/overrides.controller.js';
import { OverridesService } from './overrides/overrides.service.js';
import { RevisionsController } from './revisions/revisions.controller.js';
import { RevisionsReadModel } from './revisions/revisions.read-model.js';
import { FLAG_SCHEDULE_INTERVAL, FlagScheduleJob } from './schedules/schedule.job.js';
import { SchedulesController } from './schedules/schedules.controller.js';
import { SchedulesService } from './schedules/schedules.service.js';
import { SegmentRepository } from './segments/segment.repository.js';
import { SegmentsController } from './segments/segments.controller.js';
import { SegmentsService } from './segments/segments.service.js';
import { STALENESS, StalenessJob } from './staleness/staleness.job.js';

/** The flags service. Its root module brings the platform, the database, the log and the guards. */
@Module({
  imports: [DefinitionsModule],
  controllers: [
    FlagsController,
    FlagDefinitionController,
    OverridesController,
    RevisionsController,
    SegmentsController,
    ListsController,
    FlagEnvironmentsController,
    SchedulesController,
    FlagLifeController,
    EvaluationsController,
    EvaluationsConsumer,
  ],
  providers: [
    FlagRepository,
    KeyRegister,
    Journal,
    FlagEditor,
    FlagMaker,
    FlagsService,
    FlagDefinitionService,
    OverridesService,
    RevisionsReadModel,
    References,
    SegmentRepository,
    SegmentsService,
    ListRepository,
    BulkMembersRepository,
    MembersRepository,
    ListJournal,
    ListsService,
    MembersService,
    FlagEnvironmentsService,
    SchedulesService,
    FlagScheduleJob,
    { provide: FLAG_SCHEDULE_INTERVAL, useValue: 1_000 },
    FlagLifeService,
    EvaluationsRepository,
    StalenessJob,
    { provide: STALENESS, useValue: { days: 30, intervalMs: 3_600_000 } },
  ],
})
export class FlagsModule {}
