import type { ExperimentDefinition } from '@assay/contracts';
import { asUnavailable } from '@assay/platform';
import { Injectable } from '@nestjs/common';
import { AssignmentService } from '../assigning/assignment.service.js';
import type { Place } from '../environment/environments.service.js';
import { AssignmentStore } from '../store/assignment-store.js';
import type { Subject } from './parse-request.js';

/** The arms that subjects have been given before. */
@Injectable()
export class StoredArms {
  /** What one request has looked up: many of its flags may look at the same experiment. */
  private readonly lookups = new WeakMap<Subject, Map<string, Promise<string | null>>>();

  constructor(
    private readonly store: AssignmentStore,
    private readonly assignments: AssignmentService,
  ) {}

  /** What this process remembers; undefined when it has to be looked up. */
  recall(experiment: ExperimentDefinition, { userId }: Subject): string | undefined {
    const known = this.store.recall(experiment.id, userId);
    return known && keyOf(experiment, known.variantId);
  }

  /** By which version of the experiment the arm was given, as far as this process remembers. */
  versionOf({ id }: ExperimentDefinition, { userId }: Subject): number | undefined {
    return this.store.recall(id, userId)?.definitionVersion;
  }

  /** What is stored; null when nothing is, or when that cannot be known because the database is away. */
  async find(place: Place, experiment: ExperimentDefinition, subject: Subject): Promise<string | null> {
    const lookups = this.lookups.get(subject) ?? new Map<string, Promise<string | null>>();
    this.lookups.set(subject, lookups);
    const asked = lookups.get(experiment.id) ?? this.lookUp(place, experiment, subject);
    lookups.set(experiment.id, asked);
    return asked;
  }

  /** Stores the arm that the experiment gives; null when it gives none. */
  async assign(place: Place, experiment: ExperimentDefinition, subject: Subject): Promise<string | null> {
    const { userId, attributes } = subject;
    return (await this.assignments.assign(place, experiment, userId, attributes)).variantKey;
  }

  private async lookUp(place: Place, experiment: ExperimentDefinition, subject: Subject): Promise<string | null> {
    const { id: experimentId, projectId } = experiment;
    try {
      const stored = await this.store.keep({ projectId, experimentId, userId: subject.userId });
      if (stored === undefined) return null;
      // A variant that is not known here was made a moment ago.
      return keyOf(experiment, stored.variantId) ?? (await this.assign(place, experiment, subject));
    } catch (error) {
      // Evaluation goes on from memory.
      if (asUnavailable(error) !== undefined) return null;
      throw error;
    }
  }
}

const keyOf = ({ variants }: ExperimentDefinition, variantId: string): string | undefined =>
  variants.find(({ id }) => id === variantId)?.key;
