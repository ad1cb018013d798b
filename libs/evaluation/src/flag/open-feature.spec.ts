import { compileDefinitions, openFeatureErrorCode, openFeatureReason } from '../index.js';
import type { Flag } from '../index.js';

describe('OpenFeature', () => {
  const flag = (key: string, fields: Partial<Flag>): Flag => ({
    key,
    type: 'boolean',
    on: true,
    off: null,
    variants: { t: true },
    rules: [],
    default: { variant: 't' },
    ...fields,
  });
  const rules: Flag['rules'] = [{ id: 'r', when: { attr: 'a', op: 'exists' }, serve: { variant: 't' } }];
  const split: Flag['rules'] = [
    { id: 'r', when: { bucket: { salt: 's', unit: ['a'], in: [[0, 1]] } }, serve: { variant: 't' } },
  ];
  const definitions = compileDefinitions({
    flags: {
      constant: flag('constant', {}),
      rules: flag('rules', { rules }),
      split: flag('split', { rules: split }),
      off: flag('off', { on: false }),
      gated: flag('gated', { requires: [{ id: 'q', when: false }] }),
    },
  });

  it.each([
    ['constant', 'STATIC'],
    ['rules', 'TARGETING_MATCH'],
    ['split', 'SPLIT'],
    ['off', 'DISABLED'],
    ['gated', 'DISABLED'],
    ['absent', 'ERROR'],
  ])('sees %s as %s', (key, reason) => expect(openFeatureReason(definitions.evaluate(key, { a: 1 }))).toBe(reason));

  it('sees a flag whose rules all passed as DEFAULT', () => {
    expect(openFeatureReason(definitions.evaluate('rules', {}))).toBe('DEFAULT');
  });

  it('has a code for every error', () => {
    expect(openFeatureErrorCode('FLAG_NOT_FOUND')).toBe('FLAG_NOT_FOUND');
    expect(openFeatureErrorCode('TYPE_MISMATCH')).toBe('TYPE_MISMATCH');
    expect(openFeatureErrorCode('CYCLE')).toBe('GENERAL');
  });
});
