import type { ExperimentPlan } from '../plan/experiment-plan.js';
import type { ArmStore } from './arm-store.js';

/** Another text whenever anything of the experiment has changed; shards whose layout is older than the plan are rebuilt first. */
export async function presentToken(arms: ArmStore, plan: ExperimentPlan): Promise<string> {
  // Without the sums when nothing is to be rebuilt, which is nearly always.
  return (await arms.token(plan)) ?? (await arms.read(plan)).token;
}
