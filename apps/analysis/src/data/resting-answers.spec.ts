import { RestingAnswers } from './resting-answers.js';

/** A computation whose end is in the hands of the test, on a clock that is as well. */
class Scan {
  time = 0;
  readonly began: (number | undefined)[] = [];
  private readonly ends: ((outcome: number | Error) => void)[] = [];
  readonly answers = new RestingAnswers<number>(2, () => new Date(this.time));

  ask(token: string, name = 'a', shape = 's') {
    return this.answers.read(name, shape, token, (last) => {
      this.began.push(last);
      return new Promise((resolve, reject) => {
        this.ends.push((outcome) => (outcome instanceof Error ? reject(outcome) : resolve(outcome)));
      });
    });
  }

  /** The computation that began first ends, after so long. */
  async end(tookMs: number, outcome: number | Error): Promise<void> {
    this.time += tookMs;
    this.ends.shift()?.(outcome);
    await new Promise(setImmediate);
  }
}

describe('answers that rest', () => {
  it('are of the present data when they are quick', async () => {
    const scan = new Scan();
    const first = scan.ask('one');
    await scan.end(250, 1);
    expect(await first).toEqual({ answer: 1, at: new Date(250) });
    expect(await scan.ask('one')).toEqual({ answer: 1, at: new Date(250) });
    const second = scan.ask('two');
    await scan.end(10, 2);
    expect((await second).answer).toBe(2);
    expect(scan.began).toEqual([undefined, 1]);
  });

  it('are the last ones while a slow one is computed or rests, and a fresh one afterwards', async () => {
    const scan = new Scan();
    const first = scan.ask('one');
    await scan.end(1_000, 1);
    expect((await first).answer).toBe(1);
    expect((await scan.ask('two')).answer).toBe(1);
    scan.time += 20_000;
    expect((await scan.ask('three')).answer).toBe(1);
    expect((await scan.ask('four')).answer).toBe(1);
    expect(scan.began).toHaveLength(2);
    await scan.end(1_000, 3);
    expect(await scan.ask('five')).toEqual({ answer: 3, at: new Date(22_000) });
    expect(scan.began).toHaveLength(2);
  });

  it('are shared by those who ask at the same time, but not with those who know of more', async () => {
    const scan = new Scan();
    const [one, same, more] = [scan.ask('one'), scan.ask('one'), scan.ask('two')];
    await scan.end(1, 1);
    expect((await one).answer).toBe(1);
    expect((await same).answer).toBe(1);
    await scan.end(1, 2);
    expect((await more).answer).toBe(2);
  });

  it('say that they failed only when there is none', async () => {
    const scan = new Scan();
    const first = scan.ask('one');
    const failed = expect(first).rejects.toThrow('no');
    await scan.end(1_000, new Error('no'));
    await failed;
    const again = scan.ask('one');
    await scan.end(1_000, 1);
    expect((await again).answer).toBe(1);
    scan.time += 20_000;
    expect((await scan.ask('two')).answer).toBe(1);
    await scan.end(1_000, new Error('no'));
    expect((await scan.ask('two')).answer).toBe(1);
    expect(scan.began).toHaveLength(3);
  });

  it('are forgotten when they do not fit any more, or when too many others are asked for', async () => {
    const scan = new Scan();
    const first = scan.ask('one');
    await scan.end(1_000, 1);
    await first;
    const other = scan.ask('one', 'a', 'another shape');
    await scan.end(1, 2);
    expect((await other).answer).toBe(2);
    for (const name of ['b', 'c']) {
      const asked = scan.ask('one', name);
      await scan.end(1, 3);
      await asked;
    }
    void scan.ask('one', 'a', 'another shape');
    expect(scan.began).toHaveLength(5);
  });
});
