import { Key } from '@assay/contracts';
import { cloneKeys } from './clone-keys.js';

describe('cloneKeys', () => {
  it('counts on until one is free', () => {
    expect(cloneKeys('gate').slice(0, 3)).toEqual(['gate-copy', 'gate-copy-2', 'gate-copy-3']);
  });

  it('stays within what a key may be', () => {
    const keys = cloneKeys('k'.repeat(100));
    expect(new Set(keys).size).toBe(keys.length);
    for (const key of keys) expect(Key.safeParse(key).success).toBe(true);
  });
});
