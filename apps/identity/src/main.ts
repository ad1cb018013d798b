import 'reflect-metadata';
import { passwordField, runProcess } from '@assay/platform';
import { startService } from '@assay/service';
import { IdentityModule } from './identity.module.js';

await runProcess((asked) =>
  startService(process.env, asked, {
    name: 'identity',
    port: 8_081,
    poolSize: 4,
    needs: ['database'],
    fields: { ASSAY_ADMIN_PASSWORD: passwordField.optional() },
    module: ({ ASSAY_ADMIN_PASSWORD: adminPassword }) => IdentityModule.forRoot({ adminPassword }),
  }),
);
