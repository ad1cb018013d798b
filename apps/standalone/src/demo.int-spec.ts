import { brokersOrSkip, until } from '@assay/testing';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { AssayProcess, PROGRESS, removeFolder, testFolder } from '../test/assay-process.js';

let dataDir: string;
let demos: AssayProcess[];
beforeEach(() => {
  dataDir = testFolder();
  demos = [];
});
afterEach(async () => {
  for (const each of demos) each.kill('SIGTERM');
  await Promise.all(demos.map(({ ended }) => ended));
  removeFolder(dataDir);
});

const brokers = brokersOrSkip('the demo on services apart');
const withoutTime = (text: string): string =>
  text.slice(text.indexOf('Experiment cookie-cats (')).replace(/Data through: .*/, '');

const demo = (...args: string[]): AssayProcess => {
  const started = new AssayProcess('demo', args, { PORT: '0', ASSAY_DATA_DIR: dataDir });
  demos.push(started);
  return started;
};

it('replays Cookie Cats, prints table and verdict, ends with 0, and changes nothing when run again', async () => {
  const first = demo('--exit');
  expect(await first.ended).toBe(0);
  const table = first.out.slice(first.out.indexOf('Experiment cookie-cats'));
  for (const shown of [
    'gate_30 44,700, gate_40 45,489',
    'z -3.16436, p 0.00155425',
    'z -1.78409, p 0.074410',
    'p 0.00860799',
    'Verdict:',
  ]) {
    expect(table).toContain(shown);
  }
  const second = demo('--exit');
  expect(await second.ended).toBe(0);
  expect(withoutTime(second.out)).toBe(withoutTime(first.out));
  if (brokers === undefined) return;

  // The same on seven processes, with a broker and a database of their own.
  const apart = demo('--cluster', '--fresh', '--exit');
  expect([await apart.ended, apart.complaints.filter((line) => !PROGRESS.test(line))]).toEqual([0, []]);
  const end = (text: string): string => text.slice(0, text.indexOf('\nkafka '));
  expect(end(withoutTime(apart.out))).toBe(withoutTime(first.out).trimEnd());
}, 900_000);

it('--fresh begins anew, and Ctrl-C ends it in order while it serves or replays', async () => {
  const first = demo();
  await until(() => existsSync(join(dataDir, 'cli-credentials.json')));
  first.kill('SIGINT');
  expect(await first.ended).toBe(0);
  const secret = statSync(join(dataDir, 'jwt-secret')).mtimeMs;
  const second = demo('--fresh');
  await until(() => second.out.includes('Assay is ready at'));
  expect(statSync(join(dataDir, 'jwt-secret')).mtimeMs).toBeGreaterThan(secret);
  second.kill('SIGTERM');
  expect(await second.ended).toBe(0);
});

it('refuses an option it does not have', async () => {
  const wrong = demo('--quick');
  expect([await wrong.ended, wrong.complaints]).toEqual([
    1,
    ['Unknown: --quick. Usage: npm run demo [-- --exit] [-- --fresh] [-- --cluster]'],
  ]);
});
