import type { Flag, Problem } from '@assay/contracts';
import { FlagCatalog } from '@assay/definitions';
import type { FlagsProcess } from './flags-process.js';

/** @param running gives the process, which starts after the specification that speaks to it has been read */
export function flagCalls(running: () => FlagsProcess) {
  let made = 0;

  async function create(fields: object = {}): Promise<Flag> {
    const body = { key: `flag-${(made += 1)}`, name: 'A flag', ...fields };
    const answer = await running().call<Flag>('POST', '/flags', body);
    expect(answer.status).toBe(201);
    return answer.body;
  }
  const read = async (key: string) => (await running().call<Flag>('GET', `/flags/${key}`)).body;
  const patch = (key: string, fields: object) =>
    running().call<Flag & Pick<Problem, 'code'>>('PATCH', `/flags/${key}`, fields);
  /** What the process itself evaluates by. */
  const held = (key: string) => running().app.get(FlagCatalog).find(running().projectId, key);

  return { create, read, patch, held };
}
