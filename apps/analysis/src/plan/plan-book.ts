import type { ExperimentDefinition } from '@assay/contracts';
import { ExperimentCatalog } from '@assay/definitions';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { experimentPlan, type ExperimentPlan } from './experiment-plan.js';

/** The plans of all experiments, compiled once per version of their definition. */
@Injectable()
export class PlanBook implements OnModuleInit {
  private readonly plans = new Map<string, ExperimentPlan>();
  /** By project, how many plans use an event type: what nobody uses needs no look at the units. */
  private readonly uses = new Map<string, Map<string, number>>();

  constructor(private readonly catalog: ExperimentCatalog) {}

  onModuleInit(): void {
    this.catalog.onChange((definition, deleted) => this.replace(definition, deleted));
  }

  plan(experimentId: string): ExperimentPlan | undefined {
    return this.plans.get(experimentId);
  }

  /** Asks the database when the experiment is not known (yet) or `newerThan` says that ours is old. */
  async fetch(projectId: string, experimentId: string): Promise<ExperimentPlan | undefined> {
    await this.catalog.refresh(projectId, experimentId);
    return this.plans.get(experimentId);
  }

  isUsed(projectId: string, eventType: string): boolean {
    return this.uses.get(projectId)?.has(eventType) === true;
  }

  private replace(definition: ExperimentDefinition, deleted: boolean): void {
    const held = this.plans.get(definition.id);
    if (held !== undefined) this.count(held, -1);
    this.plans.delete(definition.id);
    if (deleted) return;
    const plan = experimentPlan(definition);
    this.plans.set(definition.id, plan);
    this.count(plan, 1);
  }

  private count(plan: ExperimentPlan, change: 1 | -1): void {
    const { projectId } = plan.definition;
    const counts = this.uses.get(projectId) ?? new Map<string, number>();
    this.uses.set(projectId, counts);
    for (const eventType of plan.uses.keys()) {
      const uses = (counts.get(eventType) ?? 0) + change;
      if (uses === 0) counts.delete(eventType);
      else counts.set(eventType, uses);
    }
  }
}
