import type { Flag } from '@assay/contracts';
import { FlagCatalog } from '@assay/definitions';
import { LogTail } from '@assay/messaging';
import { MikroORM, type EntityManager } from '@mikro-orm/postgresql';
import { FlagsProcess } from '../testing/flags-process.js';

let flags: FlagsProcess;
beforeAll(async () => {
  flags = await FlagsProcess.start();
});
afterAll(() => flags.stop());

it('a process that missed the messages learns from the database what was archived and what came back', async () => {
  const { body: flag } = await flags.call<Flag>('POST', '/flags', { key: 'missed', name: 'A flag' });
  const em = flags.app.get(MikroORM).em as EntityManager;
  const elsewhere = new FlagCatalog(em, flags.app.get(LogTail));
  const isKnown = () => elsewhere.find(flags.projectId, flag.key) !== undefined;
  const lookAgain = async () => {
    await elsewhere.onApplicationBootstrap();
    // From here on it hears nothing.
    await elsewhere.onApplicationShutdown();
  };
  await lookAgain();
  expect(isKnown()).toBe(true);

  expect((await flags.call('POST', `/flags/${flag.key}/archive`, {})).status).toBe(200);
  expect(isKnown()).toBe(true);
  await lookAgain();
  expect(isKnown()).toBe(false);

  expect((await flags.call('POST', `/flags/${flag.key}/unarchive`, {})).status).toBe(200);
  await lookAgain();
  expect(isKnown()).toBe(true);
});
