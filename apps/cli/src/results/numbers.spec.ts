import { interval, percent, plain, points, pValue, signedPercent, statistic, whole } from './numbers.js';

describe('numbers', () => {
  it('of p are six decimals, or six significant digits where they are small', () => {
    expect(
      [
        0.07440965529691913, 0.001554249975614329, 0.37592438409326223, 0.008607987810836262, 0.228049, 1,
        1.2345678e-300,
      ].map(pValue),
    ).toEqual(['0.074410', '0.00155425', '0.375924', '0.00860799', '0.228049', '1.000000', '1.23457e-300']);
  });

  it('that are missing are a dash, never 0', () => {
    for (const write of [whole, percent, signedPercent, points, plain, pValue, statistic]) {
      for (const missing of [null, undefined, Number.NaN]) expect(write(missing)).toBe('–');
    }
    expect(interval(null, plain)).toBe('–');
    expect(interval([null, 1], plain)).toBe('[–, 1]');
  });

  it('are as short as can be', () => {
    expect([0, 52.456263982, 1234.5678, 49_854.4, 0.000012345].map(plain)).toEqual([
      '0',
      '52.456',
      '1234.6',
      '49854',
      '1.2345e-5',
    ]);
    expect([
      whole(90_189),
      percent(0.19020134, 3),
      signedPercent(0.0312),
      points(-0.0082, 2),
      statistic(-3.164358912748191),
    ]).toEqual(['90,189', '19.020 %', '+3.12 %', '-0.82 pp', '-3.16436']);
  });
});
