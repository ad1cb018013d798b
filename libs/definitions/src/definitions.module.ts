import { Module } from '@nestjs/common';
import { ExperimentCatalog } from './experiment-catalog.js';
import { FlagCatalog } from './flag-catalog.js';

/** The definitions in memory; one set per process, however many services it composes. */
@Module({ providers: [ExperimentCatalog, FlagCatalog], exports: [ExperimentCatalog, FlagCatalog] })
export class DefinitionsModule {}
