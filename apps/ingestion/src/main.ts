import 'reflect-metadata';
import { runProcess } from '@assay/platform';
import { startService } from '@assay/service';
import { IngestionModule } from './ingestion.module.js';

await runProcess(() =>
  startService(process.env, {
    name: 'ingestion',
    port: 8_085,
    poolSize: 3,
    // Definitions and keys are in memory: the database may be away for a while.
    needs: ['broker'],
    fields: {},
    module: () => IngestionModule,
  }),
);
