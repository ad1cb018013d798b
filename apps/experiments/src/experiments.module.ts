import { DefinitionsModule, KeyRegister, References } from '@assay/definitions';
import { Module } from '@nestjs/common';
import { AmendmentsController } from './amendments/amendments.controller.js';
import { CloningController } from './cloning/cloning.controller.js';
import { CloningService } from './cloning/cloning.service.js';
import { ExperimentRepository } from './definition/experiment.repository.js';
import { ExperimentsController } from './definition/experiments.controller.js';
import { ExperimentsService } from './definition/experiments.service.js';
import { ExperimentEditor } from './editing/experiment-editor.service.js';
import { ExperimentTransaction } from './editing/experiment-transaction.service.js';
import { ExperimentMaker } from './editing/experiment-maker.service.js';
import { Journal } from './editing/journal.service.js';
import { Admissions } from './layers/admissions.service.js';
import { HoldoutsController } from './layers/holdouts.controller.js';
import { HoldoutsService } from './layers/holdouts.service.js';
import { LayerMaker } from './layers/layer-maker.service.js';
import { LayersController } from './layers/layers.controller.js';
import { LayersService } from './layers/layers.service.js';
import { LifecycleController } from './lifecycle/lifecycle.controller.js';
import { LifecycleService } from './lifecycle/lifecycle.service.js';
import { SCHEDULE_INTERVAL, ScheduleJob } from './lifecycle/schedule.job.js';
import { MetricsController } from './metrics/metrics.controller.js';
import { MetricsReadModel } from './metrics/metrics.read-model.js';
import { RevisionsController } from './revisions/revisions.controller.js';
import { RevisionsReadModel } from './revisions/revisions.read-model.js';
import { TargetingGuard } from './targeting/targeting-guard.service.js';

/** The experiments service. Its root module brings the platform, the database, the log and the guards. */
@Module({
  imports: [DefinitionsModule],
  controllers: [
    ExperimentsController,
    LifecycleController,
    AmendmentsController,
    CloningController,
    RevisionsController,
    MetricsController,
    LayersController,
    HoldoutsController,
  ],
  providers: [
    ExperimentRepository,
    KeyRegister,
    References,
    TargetingGuard,
    ExperimentTransaction,
    Journal,
    ExperimentEditor,
    ExperimentMaker,
    ExperimentsService,
    LifecycleService,
    CloningService,
    RevisionsReadModel,
    MetricsReadModel,
    ScheduleJob,
    Admissions,
    LayerMaker,
    LayersService,
    HoldoutsService,
    { provide: SCHEDULE_INTERVAL, useValue: 1_000 },
  ],
})
export class ExperimentsModule {}
