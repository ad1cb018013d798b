import type { ArmEstimate } from '../../effect/arm-estimate.js';
import { msprtStream } from '../../sequential/msprt-stream.js';
import { msprtTau2 } from '../../sequential/msprt-tau2.js';
import type { VectorAdapter } from '../compare.js';
import { answer } from './answer.js';

interface StreamInput {
  looks: { control: ArmEstimate; treatment: ArmEstimate }[];
  tau2: number;
  alpha: number;
  theta0?: number;
}

/** An empty arm has no estimate, and no variance of one. */
const orNull = (value: number): number | null => (Number.isFinite(value) ? value : null);

export const adapter: VectorAdapter = {
  msprtStream: ({ looks, tau2, alpha, theta0 = 0 }: StreamInput) =>
    answer(msprtStream(looks, { tau2, alpha, theta0, burnInUnits: 0 }), (stream) => ({
      looks: stream.map(({ estimate, variance, look, running, reject }) => ({
        estimate: orNull(estimate),
        V: orNull(variance),
        lambda: look?.lambda ?? null,
        pValue: running.pValue,
        ci: look?.ci ?? null,
        runningCI: running.ci,
        reject,
      })),
    })),
  msprtTau2RuleOfThumb: ({ alpha, sigma, truncation }: { alpha: number; sigma: number; truncation: number }) =>
    answer(msprtTau2(alpha, sigma, truncation), (value) => value),
};
