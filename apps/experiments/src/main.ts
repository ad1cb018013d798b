import 'reflect-metadata';
import { runProcess } from '@assay/platform';
import { startService } from '@assay/service';
import { ExperimentsModule } from './experiments.module.js';

await runProcess(() =>
  startService(process.env, {
    name: 'experiments',
    port: 8_082,
    poolSize: 4,
    needs: ['database'],
    fields: {},
    module: () => ExperimentsModule,
  }),
);
