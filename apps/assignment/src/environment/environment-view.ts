import type { ExperimentDefinition, FlagDefinition, SegmentDefinition } from '@assay/contracts';
import type { LoadedList } from '@assay/definitions';
import { compileDefinitions, type CompiledDefinitions, type Cond, type Flag, type MemberSet } from '@assay/evaluation';
import { BulkTexts } from '../ofrep/bulk-text.js';
import { experimentFlag } from './experiment-split.js';
import { Fingerprint } from './fingerprint.js';
import { documentFor, ServedFlag } from './served-flag.js';

/** Where definitions hold: flags, segments and lists in the whole project, experiments in one environment of it. */
export interface Place {
  readonly projectId: string;
  readonly environmentId: string;
}

/** A definition with its kind. */
export type Definition =
  | { readonly kind: 'flag'; readonly definition: FlagDefinition }
  | { readonly kind: 'segment'; readonly definition: SegmentDefinition }
  | { readonly kind: 'list'; readonly definition: LoadedList }
  | { readonly kind: 'experiment'; readonly definition: ExperimentDefinition };

/** A definition that is new, newer, or gone. */
export type Change = Definition & { readonly deleted: boolean };

const byKey = (a: { readonly key: string }, b: { readonly key: string }): number => (a.key < b.key ? -1 : 1);

/**
 * The definitions of one environment: compiled, listed, and with a fingerprint. Compiled when it is made and then once per
 * change, never per evaluation.
 */
export class EnvironmentView {
  readonly place: Place;
  /** What was answered to who asked for all flags, in this state. */
  bulkTexts = new BulkTexts();
  private definitions: CompiledDefinitions;
  private readonly flags = new Map<string, ServedFlag>();
  private readonly open = new Map<string, ExperimentDefinition>();
  private readonly segments = new Map<string, SegmentDefinition>();
  private readonly lists = new Map<string, LoadedList>();
  private readonly print = new Fingerprint();
  /** Served before, and not yet counted. */
  private retired: ServedFlag[] = [];
  private sorted: { all: readonly ServedFlag[]; clientSide: readonly ServedFlag[] } | undefined;
  private sortedOpen: readonly ExperimentDefinition[] | undefined;

  constructor({ projectId, environmentId }: Place, definitions: Iterable<Definition>) {
    this.place = { projectId, environmentId };
    const flags: Record<string, Flag> = {};
    const segments: Record<string, Cond> = {};
    const lists: Record<string, MemberSet> = {};
    for (const each of definitions) {
      if (!this.concerns(each) || isGone({ ...each, deleted: false })) continue;
      this.hold(each);
      if (each.kind === 'segment') segments[each.definition.key] = each.definition.condition as Cond;
      else if (each.kind === 'list') lists[each.definition.key] = each.definition.members;
      else flags[each.definition.key] = this.flagOf(each);
    }
    this.definitions = compileDefinitions({ flags, segments, lists });
  }

  get compiled(): CompiledDefinitions {
    return this.definitions;
  }

  /** Names this state of the definitions, in every process alike. */
  get fingerprint(): string {
    return this.print.text;
  }

  flag(key: string): ServedFlag | undefined {
    return this.flags.get(key);
  }

  /** The version of every flag and experiment. */
  versions(): Record<string, number> {
    const own = [...this.flags.values(), ...this.open.values()].map(({ key, version }) => [key, version] as const);
    return Object.fromEntries(own);
  }

  /** Flags in the order of their keys. */
  served(clientSideOnly: boolean): readonly ServedFlag[] {
    if (this.sorted === undefined) {
      const all = [...this.flags.values()].sort(byKey);
      this.sorted = { all, clientSide: all.filter(({ clientSide }) => clientSide) };
    }
    return clientSideOnly ? this.sorted.clientSide : this.sorted.all;
  }

  /** Experiments that may have something to say to a unit, in the order of their keys. */
  enrolling(): readonly ExperimentDefinition[] {
    return (this.sortedOpen ??= [...this.open.values()].sort(byKey));
  }

  segmentDefinitions(): Iterable<SegmentDefinition> {
    return this.segments.values();
  }

  listDefinitions(): Iterable<LoadedList> {
    return this.lists.values();
  }

  /** Whether a definition is part of this environment. */
  concerns({ kind, definition }: Definition): boolean {
    if (definition.projectId !== this.place.projectId) return false;
    return kind !== 'experiment' || definition.environmentId === this.place.environmentId;
  }

  apply(change: Change): void {
    const { kind, definition } = change;
    const gone = isGone(change);
    this.bulkTexts = new BulkTexts();
    if (gone && this.isReplaced(change)) {
      this.print.set(definition.id, null);
      return;
    }
    if (gone) this.drop(change);
    else this.hold(change);
    if (kind === 'segment') {
      const condition = gone ? null : (definition.condition as Cond);
      this.definitions = this.definitions.with({ segments: { [definition.key]: condition } });
    } else if (kind === 'list') {
      this.definitions = this.definitions.with({ lists: { [definition.key]: gone ? null : definition.members } });
    } else {
      const flag = gone ? null : this.flagOf(change);
      this.definitions = this.definitions.with({ flags: { [definition.key]: flag } });
    }
  }

  private flagOf(each: Exclude<Definition, { kind: 'segment' | 'list' }>): Flag {
    if (each.kind === 'experiment') return experimentFlag(each.definition);
    return documentFor(each.definition, this.place.environmentId);
  }

  private hold(each: Definition): void {
    const { kind, definition } = each;
    this.print.set(definition.id, definition.version);
    if (kind === 'flag') {
      this.retire(definition.key);
      this.flags.set(definition.key, new ServedFlag(definition, documentFor(definition, this.place.environmentId)));
      this.sorted = undefined;
    } else if (kind === 'segment') {
      this.segments.set(definition.key, definition);
    } else if (kind === 'list') {
      this.lists.set(definition.key, definition);
    } else {
      if (isOpen(definition)) this.open.set(definition.key, definition);
      else this.open.delete(definition.key);
      this.sortedOpen = undefined;
    }
  }

  /** Everything that was served since this was last asked. */
  takeServed(): readonly ServedFlag[] {
    const all = [...this.flags.values(), ...this.retired];
    this.retired = [];
    return all;
  }

  private retire(key: string): void {
    const held = this.flags.get(key);
    if (held !== undefined && held.outcomes.size > 0) this.retired.push(held);
  }

  /** Whether another definition has the key by now: that the old one is gone may be heard later than that the new one is there. */
  private isReplaced({ kind, definition }: Definition): boolean {
    const { key } = definition;
    const flag = this.flags.get(key)?.definition;
    const others = { segment: this.segments, list: this.lists, experiment: this.open };
    const held = kind === 'flag' ? flag : others[kind].get(key);
    return held !== undefined && held.id !== definition.id;
  }

  private drop({ kind, definition }: Definition): void {
    this.print.set(definition.id, null);
    if (kind === 'flag') {
      this.retire(definition.key);
      this.sorted = undefined;
    }
    if (kind === 'experiment') this.sortedOpen = undefined;
    const held = { flag: this.flags, segment: this.segments, list: this.lists, experiment: this.open }[kind];
    held.delete(definition.key);
  }
}

/** Whether an experiment may have something to say to a unit. */
export const isOpen = ({ status }: ExperimentDefinition): boolean => status === 'ACTIVE' || status === 'PAUSED';

/** Archived experiments are not read at a start, so they are nothing for whoever knew them before either. */
const isGone = ({ deleted, kind, definition }: Change): boolean =>
  deleted || (kind === 'experiment' && definition.status === 'ARCHIVED');
