import { DefinitionsModule } from '@assay/definitions';
import { Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { AssignmentService } from './assigning/assignment.service.js';
import { AssignmentsController } from './assigning/assignments.controller.js';
import { Environments } from './environment/environments.service.js';
import { ExplanationController } from './explaining/explanation.controller.js';
import { ExplanationService } from './explaining/explanation.service.js';
import { AssignmentListController } from './listing/assignment-list.controller.js';
import { AssignmentsReadModel } from './listing/assignments.read-model.js';
import { EvaluationCounts } from './counting/evaluation-counts.service.js';
import { ExposureRecorder } from './exposure/exposure-recorder.service.js';
import { ExposedFlags } from './ofrep/exposed-flags.service.js';
import { OfrepLane } from './ofrep/ofrep-lane.js';
import { OfrepController } from './ofrep/ofrep.controller.js';
import { OfrepFilter } from './ofrep/ofrep.filter.js';
import { OfrepService } from './ofrep/ofrep.service.js';
import { StoredArms } from './ofrep/stored-arms.service.js';
import { PropagationController } from './propagation/propagation.controller.js';
import { Propagation } from './propagation/propagation.service.js';
import { SdkController } from './sdk/sdk.controller.js';
import { SdkService } from './sdk/sdk.service.js';
import { StreamController } from './stream/stream.controller.js';
import { Streams } from './stream/streams.service.js';
import { AssignmentStore } from './store/assignment-store.js';
import { AssignmentRepository } from './store/assignment.repository.js';

/** The assignment service. Its root module brings the platform (before this one), the database, the log and the guards. */
@Module({
  imports: [DefinitionsModule],
  controllers: [
    AssignmentsController,
    AssignmentListController,
    ExplanationController,
    OfrepController,
    PropagationController,
    SdkController,
    StreamController,
  ],
  providers: [
    Environments,
    AssignmentRepository,
    AssignmentStore,
    AssignmentService,
    AssignmentsReadModel,
    ExplanationService,
    Streams,
    ExposureRecorder,
    EvaluationCounts,
    StoredArms,
    ExposedFlags,
    OfrepService,
    OfrepLane,
    Propagation,
    SdkService,
    { provide: APP_FILTER, useClass: OfrepFilter },
  ],
})
export class AssignmentModule {}
