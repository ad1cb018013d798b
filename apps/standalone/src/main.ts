import 'reflect-metadata';
import { runProcess } from '@assay/platform';
import { startStandalone } from './start-standalone.js';

await runProcess(() => startStandalone(process.env));
