import 'reflect-metadata';
import { runProcess } from '@assay/platform';
import { startGateway } from './start-gateway.js';

await runProcess(() => startGateway(process.env));
