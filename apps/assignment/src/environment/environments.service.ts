import type { ExperimentDefinition, FlagDefinition, SegmentDefinition } from '@assay/contracts';
import { ExperimentCatalog, FlagCatalog, SegmentCatalog } from '@assay/definitions';
import { compileDefinitions, type CompiledDefinitions, type Cond, type Flag } from '@assay/evaluation';
import { Injectable } from '@nestjs/common';
import { CompiledExperiment } from './compiled-experiment.js';
import { experimentFlag } from './experiment-split.js';

/** Where definitions hold: flags and segments in the whole project, experiments in one environment of it. */
export interface Place {
  readonly projectId: string;
  readonly environmentId: string;
}

/**
 * The definitions of each environment as functions, compiled when it is first asked for and then once per change, never per
 * evaluation.
 */
@Injectable()
export class Environments {
  private readonly byPlace = new Map<string, { place: Place; compiled: CompiledDefinitions }>();
  private readonly experiments = new Map<string, CompiledExperiment>();

  constructor(
    private readonly experimentCatalog: ExperimentCatalog,
    private readonly flagCatalog: FlagCatalog,
    private readonly segmentCatalog: SegmentCatalog,
  ) {
    flagCatalog.onChange((flag, deleted) => this.flagChanged(flag, deleted));
    segmentCatalog.onChange((segment, deleted) => this.segmentChanged(segment, deleted));
    experimentCatalog.onChange((experiment, deleted) => this.experimentChanged(experiment, deleted));
  }

  definitions(place: Place): CompiledDefinitions {
    const name = `${place.projectId}/${place.environmentId}`;
    const held = this.byPlace.get(name);
    if (held !== undefined) return held.compiled;
    const compiled = this.compile(place);
    this.byPlace.set(name, { place: { projectId: place.projectId, environmentId: place.environmentId }, compiled });
    return compiled;
  }

  /** The experiment as it is defined now, in its own environment. */
  experiment(definition: ExperimentDefinition): CompiledExperiment {
    const environment = this.definitions(definition);
    const held = this.experiments.get(definition.id);
    if (held?.definition === definition && held.environment === environment) return held;
    const compiled = new CompiledExperiment(definition, environment);
    this.experiments.set(definition.id, compiled);
    return compiled;
  }

  private compile({ projectId, environmentId }: Place): CompiledDefinitions {
    const flags: Record<string, Flag> = {};
    const segments: Record<string, Cond> = {};
    for (const flag of this.flagCatalog.all()) if (flag.projectId === projectId) flags[flag.key] = documentOf(flag);
    for (const segment of this.segmentCatalog.all()) {
      if (segment.projectId === projectId) segments[segment.key] = segment.condition as Cond;
    }
    for (const experiment of this.experimentCatalog.all()) {
      if (experiment.projectId !== projectId || experiment.environmentId !== environmentId) continue;
      flags[experiment.key] = experimentFlag(experiment);
    }
    return compileDefinitions({ flags, segments });
  }

  private flagChanged(flag: FlagDefinition, deleted: boolean): void {
    const change = { flags: { [flag.key]: deleted ? null : documentOf(flag) } };
    this.update((place) => (place.projectId === flag.projectId ? change : undefined));
  }

  private segmentChanged(segment: SegmentDefinition, deleted: boolean): void {
    const change = { segments: { [segment.key]: deleted ? null : (segment.condition as Cond) } };
    this.update((place) => (place.projectId === segment.projectId ? change : undefined));
  }

  private experimentChanged(experiment: ExperimentDefinition, deleted: boolean): void {
    if (deleted || experiment.status === 'ARCHIVED') this.experiments.delete(experiment.id);
    const change = { flags: { [experiment.key]: deleted ? null : experimentFlag(experiment) } };
    this.update((place) => (place.environmentId === experiment.environmentId ? change : undefined));
  }

  private update(changeOf: (place: Place) => Parameters<CompiledDefinitions['with']>[0] | undefined): void {
    for (const held of this.byPlace.values()) {
      const change = changeOf(held.place);
      if (change !== undefined) held.compiled = held.compiled.with(change);
    }
  }
}

const documentOf = (flag: FlagDefinition): Flag => flag.document as unknown as Flag;
