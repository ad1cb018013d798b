import { DefinitionsModule } from '@assay/definitions';
import { Module } from '@nestjs/common';
import { AssignmentsConsumer } from './apply/assignments.consumer.js';
import { BatchApplier } from './apply/batch-applier.js';
import { EventsConsumer } from './apply/events.consumer.js';
import { ShardTransaction } from './apply/shard-transaction.js';
import { DeadLettersController } from './dead-letters/dead-letters.controller.js';
import { DeadLettersService } from './dead-letters/dead-letters.service.js';
import { EventCounts } from './events/event-counts.read-model.js';
import { EventReadModel } from './events/event.read-model.js';
import { EventsController } from './events/events.controller.js';
import { RejectedEventReadModel } from './events/rejected-event.read-model.js';
import { AttributeReader } from './health/attribute-reader.js';
import { HealthController } from './health/health.controller.js';
import { HealthService } from './health/health.service.js';
import { ScanReader } from './health/scan-reader.js';
import { InteractionsController } from './interactions/interactions.controller.js';
import { InteractionsService } from './interactions/interactions.service.js';
import { LedgerController } from './ledger/ledger.controller.js';
import { LedgerService } from './ledger/ledger.service.js';
import { RejectionsConsumer } from './ledger/rejections.consumer.js';
import { ReplaysConsumer } from './ledger/replays.consumer.js';
import { DataReader } from './data/data-reader.js';
import { RankReader } from './data/rank-reader.js';
import { SegmentReader } from './data/segment-reader.js';
import { SplitReader } from './data/split-reader.js';
import { AllocationReader } from './plan/allocation-reader.js';
import { PlanBook } from './plan/plan-book.js';
import { PlanReader } from './plan/plan-reader.js';
import { VersionReader } from './plan/version-reader.js';
import { ArmStore } from './data/arm-store.js';
import { LookKeeper } from './looks/look-keeper.js';
import { LookRecorder } from './looks/look-recorder.js';
import { LookStore } from './looks/look-store.js';
import { PowerController } from './power/power.controller.js';
import { ResultsController } from './results/results.controller.js';
import { ResultsService } from './results/results.service.js';
import { AgeReader } from './series/age-reader.js';
import { SeriesController } from './series/series.controller.js';
import { SeriesService } from './series/series.service.js';
import { UnitScan } from './data/unit-scan.js';

/** Stores events, keeps per-unit values and the arms' sums current, and turns sums into results. */
@Module({
  imports: [DefinitionsModule],
  controllers: [
    EventsConsumer,
    AssignmentsConsumer,
    RejectionsConsumer,
    ReplaysConsumer,
    EventsController,
    LedgerController,
    DeadLettersController,
    ResultsController,
    HealthController,
    SeriesController,
    InteractionsController,
    PowerController,
  ],
  providers: [
    PlanBook,
    BatchApplier,
    ShardTransaction,
    EventCounts,
    EventReadModel,
    RejectedEventReadModel,
    LedgerService,
    DeadLettersService,
    PlanReader,
    VersionReader,
    ArmStore,
    DataReader,
    RankReader,
    SegmentReader,
    AllocationReader,
    SplitReader,
    UnitScan,
    LookStore,
    LookRecorder,
    ResultsService,
    LookKeeper,
    AgeReader,
    AttributeReader,
    ScanReader,
    HealthService,
    SeriesService,
    InteractionsService,
  ],
})
export class AnalysisModule {}
