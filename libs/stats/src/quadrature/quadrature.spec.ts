import fc from 'fast-check';
import { bracketedRoot } from './bracketed-root.js';
import { gaussLegendre } from './gauss-legendre.js';
import { panelGrid } from './panel-grid.js';
import { secantRoot } from './secant-root.js';

describe('quadrature', () => {
  it('is exact for polynomials up to twice the number of nodes', () => {
    for (const count of [1, 2, 5, 8, 20]) {
      const { nodes, weights } = gaussLegendre(count);
      for (let power = 0; power < 2 * count; power++) {
        const integral = nodes.reduce((sum, x, i) => sum + (weights[i] ?? 0) * x ** power, 0);
        expect(integral).toBeCloseTo(power % 2 === 0 ? 2 / (power + 1) : 0, 13);
      }
    }
  });

  it('integrates a bell over panels of two deviations to eleven digits', () => {
    const { nodes, weights } = panelGrid([-9, 0, 9], 2);
    const total = nodes.reduce((sum, x, i) => sum + (weights[i] ?? 0) * Math.exp(-x * x * 0.5), 0);
    expect(total / Math.sqrt(2 * Math.PI)).toBeCloseTo(1, 11);
  });

  it('skips empty panels and keeps nodes ascending', () => {
    const { nodes } = panelGrid([0, 0, 1, 1, 3], 1);
    expect(nodes).toHaveLength(3 * 10);
    expect([...nodes].sort((a, b) => a - b)).toEqual([...nodes]);
  });
});

describe('roots', () => {
  it('are found inside their bracket for any monotone function', () => {
    fc.assert(
      fc.property(fc.double({ min: -5, max: 5, noNaN: true }), fc.constantFrom(1, 3, 9), (root, power) => {
        const f = (x: number): number => Math.sign(x - root) * Math.abs(x - root) ** power;
        expect(Math.abs(bracketedRoot(f, -6, 7) - root)).toBeLessThan(1e-12);
      }),
    );
    expect(bracketedRoot((x) => x * x - 2, 0, 2)).toBeCloseTo(Math.SQRT2, 15);
    expect(bracketedRoot((x) => x * x + 1, 0, 2)).toBeNaN();
    expect(bracketedRoot((x) => (x < 0.3 ? -Infinity : x - 0.5), 0, 1)).toBeCloseTo(0.5, 14);
  });

  it('are found by secants where the function is nearly a line, and not claimed where it is flat', () => {
    expect(secantRoot((x) => Math.exp(x / 10) - 2, 5, 0.2)).toBeCloseTo(10 * Math.LN2, 12);
    expect(secantRoot(() => 1, 0)).toBeNaN();
    expect(secantRoot((x) => (x > 1 ? Infinity : x - 3), 0)).toBeNaN();
  });
});
