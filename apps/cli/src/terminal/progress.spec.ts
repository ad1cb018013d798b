import { duration, paceOf } from './progress.js';

it('tells the rate and what is left at that rate', () => {
  expect(paceOf(50_000, 90_189, 10)).toEqual({ rate: '5,000', left: '9 s' });
  expect(paceOf(0, 10, 5)).toEqual({ rate: '…', left: '…' });
  expect(paceOf(10, 10, 5)).toEqual({ rate: '2', left: '0 s' });
});

it('writes durations as one says them', () => {
  expect([0, 59, 60, 185, 3_600, 7_860].map(duration)).toEqual([
    '0 s',
    '59 s',
    '1 min 0 s',
    '3 min 5 s',
    '1 h 0 min',
    '2 h 11 min',
  ]);
});
