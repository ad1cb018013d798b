import 'reflect-metadata';
import { runProcess } from '@assay/platform';
import { startService } from '@assay/service';
import { z } from 'zod';
import { IdentityModule } from './identity.module.js';

await runProcess(() =>
  startService(process.env, {
    name: 'identity',
    port: 8_081,
    poolSize: 4,
    needs: ['database'],
    fields: { ASSAY_ADMIN_PASSWORD: z.string().optional() },
    module: ({ ASSAY_ADMIN_PASSWORD: adminPassword }) => IdentityModule.forRoot({ adminPassword }),
  }),
);
