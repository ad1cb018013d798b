import 'reflect-metadata';
import { runProcess } from '@assay/platform';
import { startService } from '@assay/service';
import { AnalysisModule } from './analysis.module.js';

await runProcess((asked) =>
  startService(process.env, asked, {
    name: 'analysis',
    port: 8_086,
    poolSize: 8,
    needs: ['database', 'broker'],
    fields: {},
    module: () => AnalysisModule,
  }),
);
