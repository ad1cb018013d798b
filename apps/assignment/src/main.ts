import 'reflect-metadata';
import { runProcess } from '@assay/platform';
import { startService } from '@assay/service';
import { AssignmentModule } from './assignment.module.js';

await runProcess((asked) =>
  startService(process.env, asked, {
    name: 'assignment',
    port: 8_084,
    poolSize: 6,
    // What it knows it goes on to serve from memory while the database or the broker is away.
    needs: [],
    fields: {},
    module: () => AssignmentModule,
  }),
);
