import type { ExperimentDefinition } from '@assay/contracts';
import { ExperimentCatalog, FlagCatalog, ListCatalog, SegmentCatalog } from '@assay/definitions';
import type { CompiledDefinitions } from '@assay/evaluation';
import { Injectable } from '@nestjs/common';
import { CompiledExperiment } from './compiled-experiment.js';
import { EnvironmentView, type Change, type Definition, type Place } from './environment-view.js';

export type { Place } from './environment-view.js';

/** Called after a view has taken a change. */
export type ViewListener = (view: EnvironmentView, change: Change) => void;

/** The environments that somebody has asked for, kept current by the catalogs. */
@Injectable()
export class Environments {
  private readonly views = new Map<string, EnvironmentView>();
  private readonly experiments = new Map<string, CompiledExperiment>();
  private readonly listeners = new Set<ViewListener>();

  constructor(
    private readonly experimentCatalog: ExperimentCatalog,
    private readonly flagCatalog: FlagCatalog,
    private readonly segmentCatalog: SegmentCatalog,
    private readonly listCatalog: ListCatalog,
  ) {
    flagCatalog.onChange((definition, deleted) => this.changed({ kind: 'flag', definition, deleted }));
    segmentCatalog.onChange((definition, deleted) => this.changed({ kind: 'segment', definition, deleted }));
    listCatalog.onChange((definition, deleted) => this.changed({ kind: 'list', definition, deleted }));
    experimentCatalog.onChange((definition, deleted) => this.changed({ kind: 'experiment', definition, deleted }));
  }

  view(place: Place): EnvironmentView {
    const held = this.views.get(place.environmentId);
    if (held !== undefined) return held;
    const made = new EnvironmentView(place, this.known());
    this.views.set(place.environmentId, made);
    return made;
  }

  all(): Iterable<EnvironmentView> {
    return this.views.values();
  }

  definitions(place: Place): CompiledDefinitions {
    return this.view(place).compiled;
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

  onChange(listener: ViewListener): void {
    this.listeners.add(listener);
  }

  private *known(): Iterable<Definition> {
    for (const definition of this.flagCatalog.all()) yield { kind: 'flag', definition };
    for (const definition of this.segmentCatalog.all()) yield { kind: 'segment', definition };
    for (const definition of this.listCatalog.all()) yield { kind: 'list', definition };
    for (const definition of this.experimentCatalog.all()) yield { kind: 'experiment', definition };
  }

  private changed(change: Change): void {
    const { kind, definition, deleted } = change;
    if (kind === 'experiment' && (deleted || definition.status === 'ARCHIVED')) this.experiments.delete(definition.id);
    for (const view of this.views.values()) {
      if (!view.concerns(change)) continue;
      view.apply(change);
      for (const listener of this.listeners) listener(view, change);
    }
  }
}
