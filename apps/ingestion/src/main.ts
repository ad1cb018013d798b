import 'reflect-metadata';
import { runProcess } from '@assay/platform';
import { startService } from '@assay/service';
import { IngestionModule } from './ingestion.module.js';

await runProcess((asked) =>
  startService(process.env, asked, {
    name: 'ingestion',
    port: 8_085,
    poolSize: 3,
    // Definitions and keys are in memory: the database may be away for a while.
    needs: ['broker'],
    fields: {},
    module: () => IngestionModule,
  }),
);
