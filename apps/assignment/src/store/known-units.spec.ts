import { KnownUnits } from './known-units.js';

const known = (bucket: number) => ({ variantId: 'v', bucket, definitionVersion: 1 });

it('forgets the ones not used for longest, and never holds more than its limit', () => {
  const units = new KnownUnits(3);
  for (const bucket of [1, 2, 3]) units.set('e', `u${bucket}`, known(bucket));
  expect(units.get('e', 'u1')).toEqual(known(1));
  units.set('e', 'u4', known(4));
  expect(units.get('e', 'u2')).toBeUndefined();
  expect(units.get('e', 'u1')).toEqual(known(1));
  for (let bucket = 0; bucket < 1_000; bucket += 1) units.set('e', `more-${bucket}`, known(bucket));
  expect(units.size).toBe(3);
});

it('does not take another entry’s place when one is set again', () => {
  const units = new KnownUnits(2);
  units.set('e', 'u1', known(1));
  units.set('e', 'u2', known(2));
  units.set('e', 'u2', known(2));
  expect(units.get('e', 'u1')).toEqual(known(1));
});
