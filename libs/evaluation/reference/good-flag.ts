import type { Flag, Problem } from '../src/index.js';

/** A flag that uses the whole model, and with which nothing is wrong. */
export const good: Flag = {
  key: 'cta',
  type: 'string',
  on: true,
  variants: { a: 'Buy', b: 'Buy now' },
  off: null,
  requires: [{ id: 'parent', when: { flag: 'parent', attr: 'on', op: 'in', values: [true] } }],
  rules: [
    { id: 'qa', when: { segment: 'staff' }, serve: { variant: 'b' } },
    {
      id: 'exp',
      when: {
        all: [
          { attr: 'app', as: 'version', op: 'gte', value: '2.3' },
          { attr: 'ip', op: 'inCidr', values: ['10.0.0.0/8', '::1'] },
        ],
      },
      serve: {
        split: {
          key: 'cta-2026',
          unit: ['userId', '/device/id'],
          salt: 'cta-2026',
          enroll: {
            all: [
              {
                bucket: {
                  salt: 'layer',
                  unit: ['userId'],
                  in: [
                    [0, 0.2],
                    [0.4, 1],
                  ],
                },
              },
            ],
          },
          sticky: { version: 1, minVersion: 0 },
          arms: [
            { key: 'control', variant: 'a', in: [[0, 0.5]] },
            { key: 'treatment', variant: 'b', in: [[0.5, 1]] },
          ],
        },
      },
    },
  ],
  default: { variant: 'a' },
};

/** Where the problems are. */
export const paths = (problems: readonly Problem[]): string[] => problems.map(({ path }) => path);
