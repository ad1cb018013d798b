import { flagEvaluated, type FlagEvaluated } from '@assay/contracts';
import { LogTail } from '@assay/messaging';
import { FeatureFlag, Project } from '@assay/models';
import { aFlag } from '@assay/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { AssignmentProcess } from '../testing/assignment-process.js';
import { EvaluationCounts } from './evaluation-counts.service.js';

it('tells how often each variant was served, over changes of the flag, each evaluation once', async () => {
  const node = await AssignmentProcess.start();
  try {
    const { project, key } = await node.project();
    const flag = await node.flag(async (em) => {
      const row = aFlag(em, { project: await em.findOneOrFail(Project, project.id) });
      const variants = { on: true, off: false };
      const rules = [{ id: 'vip', when: { attr: 'userId', op: 'in', values: ['vip'] }, serve: { variant: 'on' } }];
      return em.assign(row, { definition: { key: row.key, type: 'boolean', on: true, variants, off: null, rules } });
    });
    const told: FlagEvaluated[] = [];
    await node.app.get(LogTail).subscribe(flagEvaluated, ({ envelope }) => void told.push(envelope.data));
    const evaluate = (targetingKey: string, path = `/${flag.key}`) =>
      node.post(`/ofrep/v1/evaluate/flags${path}`, { context: { targetingKey } }, { as: key });
    for (const unit of ['vip', 'vip', 'u1']) await evaluate(unit);
    await evaluate('vip', '');
    await node.flag(async (em) => em.assign(await em.findOneOrFail(FeatureFlag, flag.id), { name: 'again' }));
    await evaluate('u2');
    const counts = node.app.get(EvaluationCounts);
    await counts.tell();
    await counts.tell();
    const total = (variant: string): number =>
      told.flatMap((each) => each.counts).reduce((sum, each) => sum + (each.variant === variant ? each.count : 0), 0);
    for (const end = Date.now() + 100_000; total('on') + total('') < 5 && Date.now() < end;) await sleep(10);
    expect([total('on'), total('')]).toEqual([3, 2]);
    expect(told[0]).toMatchObject({
      projectId: project.id,
      counts: expect.arrayContaining([expect.objectContaining({ flagId: flag.id })]) as unknown,
    });
  } finally {
    await node.stop();
  }
});
