import 'reflect-metadata';
import { runProcess } from '@assay/platform';
import { startService } from '@assay/service';
import { FlagsModule } from './flags.module.js';

await runProcess((asked) =>
  startService(process.env, asked, {
    name: 'flags',
    port: 8_083,
    poolSize: 4,
    needs: ['database'],
    fields: {},
    module: () => FlagsModule,
  }),
);
