import fc from 'fast-check';
import { betaCdf, betaPdf, betaQuantile, betaSurvival } from './beta.js';
import { binomialCdf, binomialPmf, binomialQuantile, binomialSurvival } from './binomial.js';
import { chiSquareCdf, chiSquareQuantile, chiSquareSurvival } from './chi-square.js';
import { fCdf, fQuantile, fSurvival } from './f-distribution.js';
import { logGamma } from './log-gamma.js';
import { noncentralTCdf, noncentralTSurvival } from './noncentral-t.js';
import { normalCdf, normalLogCdf, normalQuantile, normalSurvivalQuantile, normalTwoSidedP } from './normal.js';
import { studentTCdf, studentTPdf, studentTQuantile, studentTSurvival } from './student-t.js';

/** Relative error against a reference computed with mpmath at 40 digits. */
function expectRelative(got: number, expected: number, tolerance = 1e-12): void {
  expect(Math.abs(got - expected) / Math.abs(expected)).toBeLessThan(tolerance);
}

describe('tails against 40-digit references', () => {
  it.each([
    [1.96, 1e13, 0.0249978951482343],
    [0.01, 1e10, 0.49601064368546816],
    [37, 1e6, 9.149865430901131e-300],
    [37, 1e5, 5.98731412171233e-298],
    [3, 58595.48, 0.0013504653548880763],
    [40, 1.5, 0.0014898121954656227],
  ])('P(T > %p) with %p degrees of freedom', (t, df, expected) => {
    expectRelative(studentTSurvival(t, df), expected);
    expectRelative(studentTCdf(-t, df), expected);
    expectRelative(studentTQuantile(expected, df), -t);
  });

  it.each([
    [1e5, 1e5, 0.4994052918952067],
    [3000, 1000, 1.6436845843569544e-198],
    [110000, 1e5, 2.5841772471796377e-104],
    [1377, 1, 2.091257347083846e-301],
  ])('P(chi-square > %p) with %p degrees of freedom', (x, df, expected) => {
    expectRelative(chiSquareSurvival(x, df), expected);
  });

  it('keeps the beta and binomial exact for millions of counts', () => {
    expectRelative(betaCdf(0.5, 1e6, 1e6 + 1), 0.5002820947565121);
    expectRelative(betaCdf(0.4979, 1e6, 1e6), 1.427525452967983e-9);
    expectRelative(betaCdf(0.11, 17489.5, 127785.5), 4.4773890846721015e-36);
    expectRelative(binomialSurvival(1021213, 2e6, 0.5), 4.684458921937006e-198);
    expectRelative(binomialSurvival(1948, 1e6, 0.001), 2.3681486185162356e-155);
  });

  it('gives the F tail itself', () => {
    expectRelative(fSurvival(20, 10, 1e5), 1.76958762374896e-37);
    expectRelative(fSurvival(1, 3, 7.7), 0.4427521575908332);
  });

  it('reaches the smallest doubles', () => {
    expect(normalTwoSidedP(37)).toBeGreaterThan(1e-299);
    expect(normalTwoSidedP(37)).toBeLessThan(1.2e-299);
    expectRelative(normalSurvivalQuantile(1e-300), 37.0470962993612);
  });
});

describe('quantiles undo the distribution functions', () => {
  const probability = fc.double({ min: 1e-12, max: 1 - 1e-9, noNaN: true });
  const df = fc.double({ min: 0.3, max: 1e7, noNaN: true });

  it('normal, t, chi-square', () => {
    fc.assert(
      fc.property(probability, df, (p, nu) => {
        expectRelative(normalCdf(normalQuantile(p)), p, 1e-9);
        expectRelative(studentTCdf(studentTQuantile(p, nu), nu), p, 1e-9);
        expectRelative(chiSquareCdf(chiSquareQuantile(p, nu), nu), p, 1e-7);
      }),
      { numRuns: 200 },
    );
  });

  it('beta and F', () => {
    // Below 1 a density is infinite at the end, where the rounding of x itself moves the probability.
    const shape = fc.double({ min: 1, max: 1e4, noNaN: true });
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true }), shape, shape, (p, a, b) => {
        expect(betaCdf(betaQuantile(p, a, b), a, b)).toBeCloseTo(p, 8);
        expect(fCdf(fQuantile(p, 2 * a, 2 * b), 2 * a, 2 * b)).toBeCloseTo(p, 8);
      }),
      { numRuns: 100 },
    );
  });

  it('binomial: the smallest count that reaches the probability', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), probability, probability, (n, p, q) => {
        const k = binomialQuantile(q, n, p);
        expect(binomialCdf(k, n, p)).toBeGreaterThanOrEqual(q);
        if (k > 0) expect(binomialCdf(k - 1, n, p)).toBeLessThan(q);
      }),
      { numRuns: 200 },
    );
  });
});

describe('shapes', () => {
  it('has densities that are the slopes of the distribution functions', () => {
    const h = 1e-5;
    expect((studentTCdf(1.3 + h, 7.5) - studentTCdf(1.3 - h, 7.5)) / (2 * h)).toBeCloseTo(studentTPdf(1.3, 7.5), 8);
    expect((betaCdf(0.2 + h, 3, 9) - betaCdf(0.2 - h, 3, 9)) / (2 * h)).toBeCloseTo(betaPdf(0.2, 3, 9), 6);
  });

  it('sums the binomial probabilities to one', () => {
    let sum = 0;
    for (let k = 0; k <= 60; k++) sum += binomialPmf(k, 60, 0.37);
    expect(sum).toBeCloseTo(1, 13);
  });

  it('is the central t when the noncentrality is 0, and its two tails add to one', () => {
    expectRelative(noncentralTCdf(-4, 12, 0), studentTCdf(-4, 12), 1e-11);
    expect(noncentralTCdf(2, 30, 1.5) + noncentralTSurvival(2, 30, 1.5)).toBeCloseTo(1, 13);
  });

  it('is the noncentral t far in its tails, where Φ underflows at the middle of the other factor', () => {
    // 40-digit quadrature.
    expectRelative(noncentralTCdf(-50, 5, 5), 5.5609459137752457e-17, 1e-11);
    expectRelative(noncentralTCdf(-1000, 3, 2), 7.5234028755604647e-12, 1e-11);
    expectRelative(noncentralTCdf(-40, 30, 20), 6.1481312667115096e-139, 1e-11);
    expectRelative(noncentralTSurvival(60, 4, 1), 1.5181090254612095e-6, 1e-11);
    expectRelative(noncentralTSurvival(200, 8, 0.5), 8.8317770307729117e-16, 1e-11);
    expectRelative(noncentralTSurvival(5, 100, -30), 1.1762553321550415e-245, 1e-11);
    // With hardly any degrees of freedom the tail goes on for ever: 1e200 is nothing special.
    expectRelative(noncentralTSurvival(1e200, 0.5, 0) / noncentralTSurvival(1e196, 0.5, 0), 1e-2, 1e-9);
    expect(noncentralTSurvival(-1e200, 3, 5)).toBeCloseTo(1, 12);
  });

  it('is what S alone makes of it where the noncentrality dwarfs the normal', () => {
    // Two degrees of freedom: P(S < s) = 1 - e^(-s²).
    expectRelative(noncentralTCdf(1e9, 2, 1e9), Math.exp(-1));
    expectRelative(noncentralTSurvival(1e9, 2, 1e9), 1 - Math.exp(-1));
    expectRelative(noncentralTSurvival(-1e9, 2, -1e9), Math.exp(-1));
    expect(noncentralTCdf(0, 2, 1e9)).toBe(0);
    // In either order of integration.
    for (const nc of [10.5, 30, 100]) {
      expect(noncentralTCdf(nc, 2, nc) + noncentralTSurvival(nc, 2, nc)).toBeCloseTo(1, 13);
    }
  });

  it('is the noncentral t that turns normal with more and more degrees of freedom', () => {
    // 40-digit quadrature: at 1e8 degrees of freedom the difference still shows.
    expectRelative(noncentralTSurvival(3, 1e8, 1), 0.022750134782704982, 1e-11);
    for (const df of [1e12, 1e15, 1e16]) expectRelative(noncentralTSurvival(3, df, 1), normalCdf(-2), 1e-10);
    expect(noncentralTSurvival(3, 1e170, 1)).toBe(normalCdf(-2));
    expect(noncentralTCdf(3, Infinity, 1)).toBe(normalCdf(2));
  });

  it('has the logarithm of the normal tail beyond the smallest double', () => {
    expectRelative(normalLogCdf(-37.5), -707.66898931750719, 1e-14);
    expectRelative(normalLogCdf(-40), -804.60844201375379, 1e-14);
    expectRelative(normalLogCdf(-1e5), -5000000012.431864, 1e-14);
    expectRelative(normalLogCdf(-37 - 1e-12) / normalLogCdf(-37), 1, 1e-13);
    expect(normalLogCdf(40)).toBeCloseTo(0, 300);
  });

  it('answers NaN, not a number, outside of its domain', () => {
    for (const value of [
      studentTSurvival(1, 0),
      studentTSurvival(NaN, 3),
      studentTQuantile(1.1, 3),
      normalQuantile(-0.1),
      chiSquareSurvival(1, -1),
      betaCdf(0.5, 0, 1),
      binomialCdf(1, 1.5, 0.5),
      fSurvival(1, 0, 2),
      logGamma(-1),
    ]) {
      expect(value).toBeNaN();
    }
  });

  it('holds at the ends', () => {
    expect(betaSurvival(0, 2, 3)).toBe(1);
    expect(betaCdf(1, 2, 3)).toBe(1);
    expect(studentTSurvival(Infinity, 3)).toBe(0);
    expect(normalQuantile(1)).toBe(Infinity);
    expect(studentTQuantile(0, 3)).toBe(-Infinity);
  });
});
