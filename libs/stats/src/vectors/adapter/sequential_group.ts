import type { Outcome } from '../../refusal.js';
import type { GroupBoundary } from '../../sequential/group-boundary.js';
import { groupSequentialBounds, type GroupSequentialBounds } from '../../sequential/group-sequential-bounds.js';
import { groupSequentialDecision } from '../../sequential/group-sequential-decision.js';
import { groupSequentialInflation } from '../../sequential/group-sequential-inflation.js';
import { informationFractions } from '../../sequential/information-fractions.js';
import type { VectorAdapter } from '../compare.js';
import { answer } from './answer.js';

function toBoundary(spending: string, parameter: number | null): GroupBoundary {
  switch (spending) {
    case 'obrienFlemingSpending':
      return { kind: 'obrien-fleming' };
    case 'pocockSpending':
      return { kind: 'pocock' };
    case 'powerSpending':
      return parameter === null ? { kind: 'power' } : { kind: 'power', rho: parameter };
    case 'hwangShihDeCani':
      return { kind: 'hwang-shih-decani', gamma: parameter ?? 0 };
    case 'obrienFlemingClassic':
      return { kind: 'obrien-fleming-classic' };
    case 'pocockClassic':
      return { kind: 'pocock-classic' };
    case 'haybittlePeto':
      return parameter === null ? { kind: 'haybittle-peto' } : { kind: 'haybittle-peto', interim: parameter };
    default:
      throw new Error(`no boundary is called ${spending}`);
  }
}

interface BoundsInput {
  informationFractions: number[];
  alphaOneSided: number;
  spending: string;
  parameter: number | null;
}

interface SpotifyInput {
  sampleSizeProportions: number[];
  alpha: number;
  sides: number;
  rho: number;
  ztrun: number;
}

interface AdjustedAlphaInput {
  counts1: number[];
  counts2: number[];
  finalExpectedSampleSize: number;
  alpha: number;
  sides: number;
  comparisons: number;
}

interface DecisionInput {
  informationFractions: number[];
  z: number[];
  alphaTwoSided: number;
  spending: string;
  parameter?: number | null;
}

/** The power family of Spotify Confidence: `rho = 2`, and no bound past the truncation point of its solver. */
function spotifyBounds(fractions: number[], alphaOneSided: number, rho: number): Outcome<GroupSequentialBounds> {
  return groupSequentialBounds({ informationFractions: fractions, alphaOneSided, boundary: { kind: 'power', rho } });
}

export const adapter: VectorAdapter = {
  groupSequentialBounds: ({ informationFractions: fractions, alphaOneSided, spending, parameter }: BoundsInput) => {
    const boundary = toBoundary(spending, parameter);
    return answer(groupSequentialBounds({ informationFractions: fractions, alphaOneSided, boundary }), (bounds) => {
      const inflation = groupSequentialInflation(fractions, bounds.criticalValues, alphaOneSided, 0.8);
      return { ...bounds, inflationFactorPower80: inflation.ok ? inflation.value.inflationFactor : null };
    });
  },
  spotifySequentialBounds: ({ sampleSizeProportions, alpha, sides, rho, ztrun }: SpotifyInput) =>
    answer(spotifyBounds(sampleSizeProportions, alpha / sides, rho), ({ criticalValues, nominalAlphaOneSided }) => ({
      bounds: criticalValues.map((critical) => Math.min(critical, ztrun)),
      adjustedAlpha: nominalAlphaOneSided.map((nominal) => sides * nominal),
    })),
  spotifyAdjustedAlpha: (input: AdjustedAlphaInput) => {
    const units = input.counts1.map((count, look) => count + (input.counts2[look] ?? 0));
    const fractions = informationFractions(units, input.finalExpectedSampleSize);
    return answer(spotifyBounds(fractions, input.alpha / input.comparisons / input.sides, 2), (bounds) => ({
      adjustedAlpha: bounds.nominalAlphaOneSided.map((nominal) => input.sides * nominal),
    }));
  },
  groupSequentialDecision: ({
    informationFractions: fractions,
    z,
    alphaTwoSided,
    spending,
    parameter,
  }: DecisionInput) =>
    answer(
      groupSequentialBounds({
        informationFractions: fractions,
        alphaOneSided: alphaTwoSided / 2,
        boundary: toBoundary(spending, parameter ?? null),
      }),
      ({ criticalValues }) => ({
        criticalValues,
        firstCrossingLook: groupSequentialDecision(criticalValues, z).firstCrossingLook,
      }),
    ),
};
