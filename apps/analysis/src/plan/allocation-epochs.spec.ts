import { aDefinition } from '../testing/a-definition.js';
import { allocationEpochs, epochsUntil, type AllocationRevision } from './allocation-epochs.js';
import { bucketOf, changesOf, unsureDays, unsureTimes } from './unsure-times.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const definition = aDefinition({ metrics: [{ name: 'm' }], version: 5 });
const [control, treatment] = definition.variants.map(({ id }) => id) as [string, string];

const revision = (version: number, at: number, share: number | null, isDraft = false): AllocationRevision => ({
  version,
  at: new Date(at),
  isDraft,
  weights: share === null ? { [control]: 100 } : { [control]: share, [treatment]: 100 - share },
});
const shares = (revisions: readonly AllocationRevision[]) =>
  allocationEpochs(definition, revisions).map(({ version, since, weights }) => [
    version,
    since?.getTime() ?? null,
    weights.get(control),
  ]);

describe('the allocations of an experiment', () => {
  it('are one when it was never changed, or when nothing is known', () => {
    expect(shares([])).toEqual([[5, null, 50]]);
    expect(shares([revision(1, 0, 50), revision(2, DAY, 50)])).toEqual([[1, null, 50]]);
  });

  it('begin with the first that was not a draft, and end with the present one', () => {
    const drafts = [revision(1, 0, 20, true), revision(2, DAY, 80)];
    expect(shares([...drafts, revision(3, 2 * DAY, 90), revision(4, 3 * DAY, 90), revision(5, 4 * DAY, 50)])).toEqual([
      [2, null, 80],
      [3, 2 * DAY, 90],
      [5, 4 * DAY, 50],
    ]);
  });

  it('know no version that this definition has not reached, and no variant before it came', () => {
    expect(shares([revision(1, 0, 50), revision(6, DAY, 10)])).toEqual([[1, null, 50]]);
    const added = allocationEpochs(definition, [revision(1, 0, null), revision(2, DAY, 50)]);
    expect(added.map(({ weights }) => weights.get(treatment))).toEqual([undefined, 50]);
  });

  it('follow each other, whatever the clocks of their writers said', () => {
    const epochs = shares([revision(1, 0, 80), revision(2, 3 * DAY, 90), revision(3, 2 * DAY, 50)]);
    expect(epochs.map(([, since]) => since)).toEqual([null, 3 * DAY, 3 * DAY]);
  });

  it('are those that had begun by a moment', () => {
    const epochs = allocationEpochs(definition, [revision(1, 0, 80), revision(2, 3 * DAY, 50)]);
    expect(epochsUntil(epochs, null)).toHaveLength(2);
    expect(epochsUntil(epochs, new Date(3 * DAY))).toHaveLength(2);
    expect(epochsUntil(epochs, new Date(3 * DAY - 1))).toHaveLength(1);
  });
});

describe('the times at which the allocation is unsure', () => {
  it('lie an hour around each change, and on the days that these touch', () => {
    const changes = changesOf(
      allocationEpochs(definition, [revision(1, 0, 80), revision(2, 3 * DAY, 90), revision(3, 3 * DAY + HOUR, 50)]),
    );
    expect(unsureTimes(changes)).toEqual([3 * DAY - HOUR, 3 * DAY + 2 * HOUR]);
    expect(unsureDays(changes)).toEqual([2 * DAY, 4 * DAY]);
    expect(unsureDays([DAY / 2, 5 * DAY + DAY / 2])).toEqual([0, DAY, 5 * DAY, 6 * DAY]);
    expect([1, 2, 3, 4].map((day) => bucketOf([2 * DAY, 4 * DAY], day * DAY) % 2)).toEqual([0, 1, 1, 0]);
  });
});
