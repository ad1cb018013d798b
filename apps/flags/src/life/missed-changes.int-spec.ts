import type { Flag } from '@assay/contracts';
import { FlagCatalog, SegmentCatalog } from '@assay/definitions';
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

it('a process that missed the messages learns from the database what was deleted, and believes no late message of it', async () => {
  const { body: flag } = await flags.call<Flag>('POST', '/flags', { key: 'short-lived', name: 'A flag' });
  await flags.call('POST', '/flags', { key: 'long-lived', name: 'A flag' });
  await flags.call('POST', '/segments', { key: 'short-lived', name: 'A segment', condition: true });
  const em = flags.app.get(MikroORM).em as EntityManager;
  const elsewhere = [FlagCatalog, SegmentCatalog].map((Catalog) => new Catalog(em, flags.app.get(LogTail)));
  const known = () => elsewhere.map((catalog) => [...catalog.all()].some(({ key }) => key === 'short-lived'));
  const lookAgain = async () => {
    for (const catalog of elsewhere) {
      await catalog.onApplicationBootstrap();
      await catalog.onApplicationShutdown();
    }
  };
  await lookAgain();
  expect(known()).toEqual([true, true]);
  const [flagsThere] = elsewhere as [FlagCatalog, SegmentCatalog];
  const told: string[] = [];
  flagsThere.onChange(({ key }, deleted) => void told.push(`${key} ${deleted}`));
  const held = flagsThere.get(flag.id);

  expect((await flags.call('DELETE', '/flags/short-lived')).status).toBe(204);
  expect((await flags.call('DELETE', '/segments/short-lived')).status).toBe(204);
  expect(known()).toEqual([true, true]);
  await lookAgain();
  expect(known()).toEqual([false, false]);
  expect(told).toEqual(['short-lived true']);
  expect(flagsThere.find(flags.projectId, 'long-lived')).toBeDefined();

  if (held === undefined) throw new Error('the flag was not held');
  flagsThere.accept({ deleted: false, definition: { ...held, version: held.version + 1 } });
  expect(known()).toEqual([false, false]);
});
