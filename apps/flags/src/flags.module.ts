import { DefinitionsModule } from '@assay/definitions';
import { Module } from '@nestjs/common';
import { FlagRepository } from './definition/flag.repository.js';
import { FlagsController } from './definition/flags.controller.js';
import { FlagsService } from './definition/flags.service.js';
import { KeyRegister } from './definition/key-register.repository.js';
import { FlagEditor } from './editing/flag-editor.service.js';
import { Journal } from './editing/journal.service.js';
import { FlagDefinitionController } from './expert/flag-definition.controller.js';
import { FlagDefinitionService } from './expert/flag-definition.service.js';
import { OverridesController } from './overrides/overrides.controller.js';
import { OverridesService } from './overrides/overrides.service.js';
import { References } from './references/references.repository.js';
import { RevisionsController } from './revisions/revisions.controller.js';
import { RevisionsReadModel } from './revisions/revisions.read-model.js';
import { SegmentRepository } from './segments/segment.repository.js';
import { SegmentsController } from './segments/segments.controller.js';
import { SegmentsService } from './segments/segments.service.js';

/** The flags service. Its root module brings the platform, the database, the log and the guards. */
@Module({
  imports: [DefinitionsModule],
  controllers: [
    FlagsController,
    FlagDefinitionController,
    OverridesController,
    RevisionsController,
    SegmentsController,
  ],
  providers: [
    FlagRepository,
    KeyRegister,
    Journal,
    FlagEditor,
    FlagsService,
    FlagDefinitionService,
    OverridesService,
    RevisionsReadModel,
    References,
    SegmentRepository,
    SegmentsService,
  ],
})
export class FlagsModule {}
