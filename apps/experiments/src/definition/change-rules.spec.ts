import { ExperimentDocument, settleExperiment, type ExperimentStatus, type SettledExperiment } from '@assay/contracts';
import { changedFields, requireNotFixed, requirePatchable, type Field } from './change-rules.js';

const document = (change: object = {}): SettledExperiment =>
  settleExperiment(
    ExperimentDocument.parse({
      name: 'Gate',
      variants: [
        { key: 'a', isControl: true, trafficAllocation: 50, configuration: { x: 1, y: 2 } },
        { key: 'b', trafficAllocation: 50 },
      ],
      ...change,
    }),
  );

const ALL = Object.keys(document()) as Field[];

function codeOf(work: () => void): string {
  try {
    work();
  } catch (error) {
    return (error as { code: string }).code;
  }
  return 'ok';
}

const patchable = (status: ExperimentStatus): string[] =>
  ALL.filter((field) => codeOf(() => requirePatchable(status, [field])) === 'ok').sort();
const amendable = (status: ExperimentStatus): string[] =>
  ALL.filter((field) => codeOf(() => requirePatchable(status, [field])) === 'amendment_required').sort();

describe('changedFields', () => {
  it('names what differs and nothing else', () => {
    expect(changedFields(document(), document({ name: 'Later gate', coverage: 50 }))).toEqual(['name', 'coverage']);
    expect(changedFields(document(), document())).toEqual([]);
  });

  it('takes the order of members and the offset of a time for no difference', () => {
    const variants = [
      { trafficAllocation: 50, configuration: { y: 2, x: 1 }, isControl: true, key: 'a' },
      { key: 'b', trafficAllocation: 50 },
    ];
    expect(changedFields(document(), document({ variants }))).toEqual([]);
    expect(
      changedFields(document({ endDate: '2026-11-22T12:00:00Z' }), document({ endDate: '2026-11-22T13:00:00+01:00' })),
    ).toEqual([]);
  });

  it('takes the order of variants for one', () => {
    const { variants } = document();
    expect(changedFields(document(), document({ variants: [...variants].reverse() }))).toEqual(['variants']);
  });
});

describe('what may change', () => {
  it('is everything while the experiment is a draft', () => {
    expect(patchable('DRAFT')).toEqual([...ALL].sort());
  });

  it('is labels, the planned end and the coverage while it runs; the rest takes an amendment', () => {
    for (const status of ['ACTIVE', 'PAUSED'] as const) {
      expect(patchable(status)).toEqual(['coverage', 'description', 'endDate', 'name', 'tags']);
      expect(amendable(status)).toEqual([
        'analysis',
        'bandit',
        'factors',
        'hypothesis',
        'layer',
        'metrics',
        'targetingRules',
        'unit',
        'variants',
      ]);
    }
  });

  it('is how it is read once it has ended', () => {
    expect(patchable('COMPLETED')).toEqual(['description', 'name', 'tags']);
    expect(amendable('COMPLETED')).toEqual(['analysis', 'hypothesis', 'metrics']);
    expect(patchable('ARCHIVED')).toEqual(['description', 'name', 'tags']);
    expect(amendable('ARCHIVED')).toEqual([]);
  });

  it('is never the type or the start of a started experiment', () => {
    expect(codeOf(() => requireNotFixed('ACTIVE', ['experimentType']))).toBe('field_fixed');
    expect(codeOf(() => requireNotFixed('PAUSED', ['startDate']))).toBe('field_fixed');
    expect(codeOf(() => requireNotFixed('DRAFT', ['experimentType', 'startDate']))).toBe('ok');
  });

  it('is told by the names of the fields', () => {
    expect(() => requirePatchable('ACTIVE', ['name', 'unit', 'metrics'])).toThrow(
      expect.objectContaining({
        errors: [expect.objectContaining({ path: 'unit' }), expect.objectContaining({ path: 'metrics' })],
      }) as Error,
    );
  });
});
