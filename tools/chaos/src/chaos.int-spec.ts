import { brokersOrSkip, TestProcess } from '@assay/testing';
import { rmSync } from 'node:fs';

// Kills a broker of its own, so it needs the programs of one; why there are none is printed.
const canRun = brokersOrSkip('the chaos runs') !== undefined;
/** Every run of the tests looks at another course of things; the seed is printed. */
const SEED = process.env['ASSAY_CHAOS_SEED'] ?? String(Math.floor(Math.random() * 1e9));

/** `npm run chaos`, short. It has a broker and a PostgreSQL of its own: it kills them. */
(canRun ? describe : describe.skip)('npm run chaos', () => {
  const chaos = async (...args: string[]): Promise<{ code: number | string; out: string }> => {
    const run = new TestProcess('tools/run/chaos.mjs', { args: ['--seed', SEED, ...args] });
    return { code: await run.ended, out: `${run.out}${run.err}` };
  };
  const okLines = (out: string): number => out.split('\n').filter((line) => line.startsWith('ok ')).length;

  it('finds nothing lost, doubled or miscounted, whoever is killed or paused', async () => {
    const { code, out } = await chaos('--events', '20000', '--kills', '8');
    expect([code, okLines(out), out.includes('FAILED') ? out : '']).toEqual([0, 8, '']);
  }, 900_000);

  it('nor when the only analysis is killed again and again while it applies events', async () => {
    const size = ['--events', '15000', '--kills', '12'];
    const { code, out } = await chaos(...size, '--only', 'analysis', '--replicas', '1', '--no-pauses');
    expect([code, okLines(out), out.includes('FAILED') ? out : '']).toEqual([0, 8, '']);
    // None is only stopped for a while, and the traffic lasts as long as they do.
    expect(out).toContain('Killed + paused: analysis 12+0; 12 while events were being sent');
  }, 900_000);

  it('finds damage that was done on purpose', async () => {
    const { code, out } = await chaos('--events', '2000', '--kills', '0', '--plant');
    const failed = out.split('\n').filter((line) => line.startsWith('FAILED  '));
    expect([code, failed]).toEqual([
      1,
      [
        expect.stringMatching(/every acknowledged event stored once .* 1 missing, 2 stored twice$/),
        expect.stringContaining('ledger balanced'),
        expect.stringContaining('results of chaos-client equal the batch query'),
        expect.stringContaining('results of chaos-server equal the batch query'),
      ],
    ]);
    rmSync(/see (\S+)\.$/m.exec(out)?.[1] ?? '', { recursive: true, force: true });
  });

  it('says what it does not know', async () => {
    const { code, out } = await chaos('--only', 'moon');
    expect([code, out]).toEqual([2, expect.stringContaining('there is no moon to kill')]);
  });
});
