import { AppError } from '@assay/contracts';
import { GroupCommit, type Append } from './group-commit.js';

const append = (name: string, chars = 10): Append => ({
  topic: name,
  partitions: 1,
  records: [{ key: 'k', scope: null, head: '', body: 'x'.repeat(chars) }],
});

/** A writer whose transactions end when the test says so. */
function handWriter(): { commits: GroupCommit; groups: string[][]; end: (error?: Error) => Promise<void> } {
  const groups: string[][] = [];
  const ends: ((error?: Error) => void)[] = [];
  const commits = new GroupCommit((appends) => {
    groups.push(appends.map(({ topic }) => topic));
    return new Promise((resolve, reject) => ends.push((error) => (error === undefined ? resolve() : reject(error))));
  });
  const end = async (error?: Error): Promise<void> => {
    ends.shift()?.(error);
    for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
  };
  return { commits, groups, end };
}

describe('GroupCommit', () => {
  it('writes a lone append at once and gathers those that come meanwhile, in their order', async () => {
    const { commits, groups, end } = handWriter();
    const done: string[] = [];
    for (const name of ['a', 'b', 'c']) void commits.append(append(name)).then(() => done.push(name));
    expect(groups).toEqual([['a']]);
    await end();
    expect(done).toEqual(['a']);
    expect(groups).toEqual([['a'], ['b', 'c']]);
    await end();
    expect(done).toEqual(['a', 'b', 'c']);
    void commits.append(append('d'));
    expect(groups.at(-1)).toEqual(['d']);
  });

  it('keeps a transaction to some megabytes, but writes a larger append alone', async () => {
    const { commits, groups, end } = handWriter();
    void commits.append(append('first'));
    for (const [name, chars] of [
      ['small', 10],
      ['huge', 9_000_000],
      ['next', 3_000_000],
      ['last', 2_000_000],
    ] as const) {
      void commits.append(append(name, chars));
    }
    for (let step = 0; step < 5; step += 1) await end();
    expect(groups).toEqual([['first'], ['small'], ['huge'], ['next'], ['last']]);
  });

  it('fails only those of a transaction for an error of its own', async () => {
    const { commits, end } = handWriter();
    const first = commits.append(append('a'));
    const second = commits.append(append('b'));
    await Promise.all([expect(first).rejects.toThrow('own'), end(new Error('own'))]);
    await end();
    await expect(second).resolves.toBeUndefined();
  });

  it('fails all who wait when the log is away, instead of one after the other', async () => {
    const { commits, groups, end } = handWriter();
    const tries = ['a', 'b', 'c'].map((name) => commits.append(append(name)));
    const settled = Promise.allSettled(tries);
    await end(AppError.unavailable('away'));
    expect((await settled).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(groups).toEqual([['a']]);
  });

  it('refuses more than it can hold', async () => {
    const { commits } = handWriter();
    void commits.append(append('writing'));
    void commits.append(append('waiting', 60_000_000));
    await expect(commits.append(append('too much', 10_000_000))).rejects.toMatchObject({
      kind: 'unavailable',
      retryAfter: 2,
    });
  });
});
