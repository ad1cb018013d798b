import { ChangeLog, versionAt } from './change-log.js';

/** A log of a definition with its version as it goes on; other definitions in between push its changes out. */
class History {
  readonly log = new ChangeLog();
  version = 1;

  change(): number {
    this.version += 1;
    this.add('own', this.version);
    return this.log.sequence;
  }

  others(count: number): void {
    for (let index = 0; index < count; index += 1) this.add('other', index);
  }

  at(sequence: number | null): number | null {
    return versionAt(this.log.of('own'), sequence, this.version);
  }

  private add(definitionId: string, version: number): void {
    this.log.add({ definitionId, version, previous: version - 1, committedAt: 0, seenAt: 0 });
  }
}

describe('the version that a client has', () => {
  it('is that of the last change it has confirmed, or the one before the first', () => {
    const history = new History();
    expect(history.at(0)).toBe(1);
    const [second, third] = [history.change(), history.change()];
    expect([0, second, third, null].map((sequence) => history.at(sequence))).toEqual([1, 2, 3, null]);
  });

  it('is not known to be the present one when the change it lacks is forgotten', () => {
    const history = new History();
    const [second, third] = [history.change(), history.change()];
    history.others(600);
    expect([0, second, third, history.log.sequence].map((sequence) => history.at(sequence))).toEqual([
      null,
      null,
      3,
      3,
    ]);
    const fourth = history.change();
    expect([second, third, fourth].map((sequence) => history.at(sequence))).toEqual([null, 3, 4]);
  });

  it('is the present one for whoever has confirmed anything, while nothing has changed', () => {
    const history = new History();
    history.others(600);
    expect(history.at(1)).toBe(1);
  });
});
