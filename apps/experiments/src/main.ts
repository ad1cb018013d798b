import 'reflect-metadata';
import { runProcess } from '@assay/platform';
import { startService } from '@assay/service';
import { ExperimentsModule } from './experiments.module.js';

await runProcess((asked) =>
  startService(process.env, asked, {
    name: 'experiments',
    port: 8_082,
    poolSize: 4,
    needs: ['database'],
    fields: {},
    module: () => ExperimentsModule,
  }),
);
