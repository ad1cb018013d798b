import { compileDefinitions, type Flag } from '@assay/evaluation';
import { withOverrides, withoutOverrides, type Override } from './with-overrides.js';

const DOCUMENT: Flag = {
  key: 'flag',
  type: 'json',
  on: true,
  variants: { small: { size: 1, unit: 'px' } },
  off: null,
  rules: [],
  default: { variant: 'small' },
};
const NOW = 1_000_000;

const override = (userId: string, value: Override['value'], expiresAt: number | null = null): Override => ({
  userId,
  value,
  expiresAt,
});
const variantOf = (document: Flag, userId: string, now = NOW) =>
  compileDefinitions({ flags: { flag: document } }).evaluate('flag', { userId }, { now }).variant;

describe('withOverrides', () => {
  it('uses the variant that has the value already, whatever the order of members', () => {
    const document = withOverrides(DOCUMENT, [override('u1', { unit: 'px', size: 1 })], NOW);
    expect(Object.keys(document.variants)).toEqual(['small']);
    expect(document.rules).toHaveLength(1);
  });

  it('makes one rule of all users of a value', () => {
    const overrides = Array.from({ length: 500 }, (_, index) => override(`u${index}`, { size: 2 }));
    const document = withOverrides(DOCUMENT, overrides, NOW);
    expect(document.rules).toHaveLength(1);
    expect(variantOf(document, 'u499')).toBe('$override-1');
    expect(variantOf(document, 'u500')).toBe('small');
  });

  it('leaves out what has expired and lets the rest end at its time', () => {
    const document = withOverrides(
      DOCUMENT,
      [override('old', { size: 2 }, NOW), override('new', { size: 2 }, NOW + 1), override('kept', { size: 2 })],
      NOW,
    );
    expect(JSON.stringify(document)).not.toContain('"old"');
    expect(variantOf(document, 'new')).toBe('$override-1');
    expect(variantOf(document, 'new', NOW + 1)).toBe('small');
    expect(variantOf(document, 'kept', NOW * 2)).toBe('$override-1');
  });

  it('is taken off and put on again without a trace', () => {
    const document = withOverrides(DOCUMENT, [override('u1', { size: 2 })], NOW);
    expect(withoutOverrides(document)).toEqual(DOCUMENT);
    expect(withOverrides(document, [override('u1', { size: 2 })], NOW)).toEqual(document);
    expect(withOverrides(document, [], NOW)).toEqual(DOCUMENT);
  });
});
