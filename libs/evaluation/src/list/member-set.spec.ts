import fc from 'fast-check';
import { compileDefinitions } from '../flag/compile-definitions.js';
import type { Flag } from '../definition.js';
import { MemberSet } from './member-set.js';
import { MemberTable } from './member-table.js';

const texts = fc.string({ unit: fc.constantFrom('a', 'b', '7', 'é', '中', '😀', '\u0000'), maxLength: 4 });

it('is the set that a Set is, whatever is added and taken away', () => {
  const change = fc.record({ added: fc.array(texts), removed: fc.array(texts) });
  fc.assert(
    fc.property(fc.array(texts), fc.array(change, { maxLength: 5 }), fc.array(texts), (first, changes, probes) => {
      let members = MemberSet.from(first);
      const set = new Set(first);
      for (const { added, removed } of changes) {
        members = members.with({ added, removed });
        removed.forEach((text) => set.delete(text));
        added.forEach((text) => set.add(text));
      }
      expect(members.size).toBe(set.size);
      expect([...members].sort()).toEqual([...set].sort());
      for (const text of [...probes, ...first]) expect(members.has(text)).toBe(set.has(text));
    }),
    { numRuns: 500 },
  );
});

it('stays what it was when another one is made of it', () => {
  const before = MemberSet.from(['a', 'b']);
  const after = before.with({ added: ['c'], removed: ['a'] });
  expect([[...before], [...after]]).toEqual([
    ['a', 'b'],
    ['b', 'c'],
  ]);
  expect(after.differences).toBe(2);
  expect([...after.with({ added: ['a'], removed: ['c'] })]).toEqual(['a', 'b']);
});

it('takes less than forty bytes an id and finds each of them, and no other', () => {
  const table = new MemberTable(200_000);
  for (let id = 0; id < 200_000; id++) table.add(`customer-${id * 7919}`);
  const members = MemberSet.of(table);
  expect(members.size).toBe(200_000);
  expect(members.byteLength).toBeLessThan(40 * 200_000);
  for (let id = 0; id < 200_000; id += 997) {
    expect(members.has(`customer-${id * 7919}`)).toBe(true);
    expect(members.has(`customer-${id * 7919 + 1}`)).toBe(false);
  }
});

it.each([
  ['as it is', {}, 'Vip-1', 'vip-1'],
  ['as text', { as: 'string' as const }, 17, 18],
  ['ignoring case', { ignoreCase: true }, 'VIP-1', 'VIP-2'],
])('is a list that conditions name: %s', (_, how, member, stranger) => {
  const flag: Flag = {
    key: 'f',
    type: 'boolean',
    on: true,
    variants: { yes: true, no: false },
    off: 'no',
    rules: [{ id: 'r', when: { attr: 'id', op: 'in', list: 'vip', ...how }, serve: { variant: 'yes' } }],
    default: { variant: 'no' },
  };
  const before = compileDefinitions({ flags: { f: flag }, lists: { vip: MemberSet.from(['Vip-1', '17']) } });
  const value = (definitions: typeof before, id: unknown) => definitions.evaluate('f', { id }).value;
  expect([value(before, member), value(before, stranger), value(before, [stranger, member])]).toEqual([
    true,
    false,
    true,
  ]);
  const other = MemberSet.from(['Vip-1', '17']).with({
    added: [String(stranger).toLowerCase()],
    removed: ['Vip-1', '17'],
  });
  const after = before.with({ lists: { vip: other } });
  expect([value(after, member), value(after, stranger)]).toEqual([false, true]);
});
