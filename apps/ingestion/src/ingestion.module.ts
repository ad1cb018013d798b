import { DefinitionsModule } from '@assay/definitions';
import { Module } from '@nestjs/common';
import { EventsController } from './intake/events.controller.js';
import { IntakeService } from './intake/intake.service.js';
import { ReplayController } from './replay/replay.controller.js';
import { ReplayService } from './replay/replay.service.js';

/** Takes events in. Owns no table: what it accepts is in the log. */
@Module({
  imports: [DefinitionsModule],
  controllers: [EventsController, ReplayController],
  providers: [IntakeService, ReplayService],
})
export class IngestionModule {}
