import { betaCdf, betaLogPdf, betaQuantile, betaSurvival } from '../../distributions/beta.js';
import { chiSquareCdf, chiSquareSurvival } from '../../distributions/chi-square.js';
import { logGamma } from '../../distributions/log-gamma.js';
import { noncentralTCdf } from '../../distributions/noncentral-t.js';
import { normalCdf, normalPdf, normalQuantile, normalSurvival } from '../../distributions/normal.js';
import { studentTCdf, studentTQuantile, studentTSurvival, studentTTwoSidedP } from '../../distributions/student-t.js';
import type { VectorAdapter } from '../compare.js';

export const adapter: VectorAdapter = {
  normal: ({ x }: { x: number }) => ({ cdf: normalCdf(x), sf: normalSurvival(x), pdf: normalPdf(x) }),
  normalQuantile: ({ p }: { p: number }) => ({ x: normalQuantile(p) }),
  studentT: ({ t, df }: { t: number; df: number }) => ({
    sf: studentTSurvival(t, df),
    cdf: studentTCdf(t, df),
    twoSidedP: studentTTwoSidedP(t, df),
  }),
  studentTQuantile: ({ p, df }: { p: number; df: number }) => ({ t: studentTQuantile(p, df) }),
  chiSquare: ({ x, df }: { x: number; df: number }) => ({ sf: chiSquareSurvival(x, df), cdf: chiSquareCdf(x, df) }),
  beta: ({ x, a, b }: { x: number; a: number; b: number }) => ({
    cdf: betaCdf(x, a, b),
    sf: betaSurvival(x, a, b),
    logPdf: betaLogPdf(x, a, b),
  }),
  betaQuantile: ({ p, a, b }: { p: number; a: number; b: number }) => ({ x: betaQuantile(p, a, b) }),
  noncentralT: ({ t, df, nc }: { t: number; df: number; nc: number }) => ({ cdf: noncentralTCdf(t, df, nc) }),
  logGamma: ({ x }: { x: number }) => ({ value: logGamma(x) }),
};
