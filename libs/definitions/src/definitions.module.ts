import { Module } from '@nestjs/common';
import { ExperimentCatalog } from './experiment-catalog.js';
import { FlagCatalog } from './flag-catalog.js';
import { ListCatalog } from './lists/list-catalog.js';
import { SegmentCatalog } from './segment-catalog.js';

const CATALOGS = [ExperimentCatalog, FlagCatalog, SegmentCatalog, ListCatalog];

/** The definitions in memory; one set per process, however many services it composes. */
@Module({ providers: CATALOGS, exports: CATALOGS })
export class DefinitionsModule {}
