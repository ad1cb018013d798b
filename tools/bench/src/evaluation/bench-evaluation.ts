import { compileDefinitions, MemberSet, type CompiledDefinitions, type Flag } from '@assay/evaluation';
import { printTable, type Measured } from '../report.js';
import { contendersFor, type Attributes, type Case, type Contender } from './contenders.js';

const CHANGES = 500;
const CONTEXTS = 1_000;
const ROUNDS = 7;
const ROUND_MS = 100;

/** `npm run bench -- evaluation`: one core, in process, the same contexts for everybody, rounds in turn. */
export async function benchEvaluation(): Promise<void> {
  await compare(
    { title: 'targeted 50/50 experiment', rules: [{ attribute: 'country', value: 'NO' }], split: true },
    1_000,
  );
  const same = Array.from({ length: 20 }, (_, index) => ({ attribute: 'plan', value: `plan-${index}` }));
  await compare({ title: '20 rules on one attribute, the last matches', rules: same, split: false });
  const each = Array.from({ length: 20 }, (_, index) => ({ attribute: `attribute${index}`, value: 'yes' }));
  await compare({ title: '20 rules on 20 attributes, the last matches', rules: each, split: false });
  lists();
  loading();
}

/** @param most nanoseconds that one evaluation may take */
async function compare(subject: Case, most?: number): Promise<void> {
  const contexts = Array.from({ length: CONTEXTS }, (_, index) => contextFor(subject, index));
  const { all, close } = await contendersFor(subject);
  for (const contender of all) requireServed(contender, contexts, subject);
  const times = inTurn(all, contexts);
  close();
  const own = times.get('assay') ?? Number.NaN;
  const others = [...times].filter(([name]) => name !== 'assay');
  const fastest = Math.min(...others.map(([, time]) => time));
  const ratio = fastest / own;
  const rows: Measured[] = [
    {
      what: 'assay',
      value: nanoseconds(own),
      target: most === undefined ? '' : `<= ${nanoseconds(most)}`,
      ok: most === undefined ? null : own <= most,
    },
    ...others.map(([what, time]) => ({ what, value: nanoseconds(time), target: '', ok: null })),
    { what: 'times the fastest of them', value: ratio.toFixed(1), target: '>= 3', ok: ratio >= 3 },
  ];
  printTable(subject.title, rows);
}

/** An engine that did not understand the flag would be fast. */
function requireServed({ name, prepare, evaluate }: Contender, contexts: readonly Attributes[], { split }: Case): void {
  const answers = new Set(contexts.map((context) => evaluate((prepare?.(context) ?? context) as never)));
  const wanted = split
    ? [
        ['a', 'b'],
        ['A', 'B'],
      ]
    : [['b'], ['B'], [true]];
  const given = JSON.stringify([...answers].sort());
  if (!wanted.some((values) => JSON.stringify(values) === given)) throw new Error(`${name} answers ${given}`);
}

function contextFor({ rules }: Case, index: number): Attributes {
  const last = rules.at(-1);
  const own = last === undefined ? {} : { [last.attribute]: last.value };
  return { userId: `user-${index}`, app: '2.3.1', age: 20 + (index % 50), device: 'phone', ...own };
}

/** The best round of each, in nanoseconds per evaluation: other programs on the machine only ever slow one down. */
function inTurn(all: readonly Contender[], contexts: readonly Attributes[]): Map<string, number> {
  const best = new Map<string, number>();
  const prepared = new Map(all.map(({ name, prepare }) => [name, contexts.map(prepare ?? ((context) => context))]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const { name, evaluate } of all) {
      const own = prepared.get(name) as never[];
      const time = measure(() => evaluateAll(evaluate, own)) / contexts.length;
      best.set(name, Math.min(best.get(name) ?? Infinity, time));
    }
  }
  return best;
}

function evaluateAll(evaluate: (context: never) => unknown, contexts: readonly never[]): void {
  for (const context of contexts) evaluate(context);
}

/** Nanoseconds of processor time of one run, on average over a round: what else the machine does is not counted. */
function measure(run: () => void): number {
  let runs = 0;
  let elapsed = 0;
  const start = process.cpuUsage();
  do {
    run();
    runs += 1;
    const { user, system } = process.cpuUsage(start);
    elapsed = (user + system) * 1_000;
  } while (elapsed < ROUND_MS * 1e6);
  return elapsed / runs;
}

function lists(): void {
  const withList = (size: number): CompiledDefinitions => {
    const flag: Flag = {
      key: 'flag',
      type: 'boolean',
      on: true,
      variants: { on: true, off: false },
      off: 'off',
      rules: [{ id: 'listed', when: { attr: 'userId', op: 'in', list: 'ids' }, serve: { variant: 'on' } }],
      default: { off: true },
    };
    return compileDefinitions({
      flags: { flag },
      lists: { ids: MemberSet.from(Array.from({ length: size }, (_, id) => `user-${id}`)) },
    });
  };
  const [small, large] = [withList(10), withList(100_000)];
  const contexts = Array.from({ length: CONTEXTS }, (_, index) => ({ userId: `user-${index % 10}` }));
  const ask = (definitions: CompiledDefinitions, name: string): Contender => ({
    name,
    evaluate: (context: Attributes) => definitions.evaluate('flag', context).variant,
  });
  const times = inTurn([ask(small, 'small'), ask(large, 'large')], contexts);
  const [few = 0, many = 0] = [times.get('small'), times.get('large')];
  printTable('a list in a condition', [
    { what: '10 ids', value: nanoseconds(few), target: '', ok: null },
    { what: '100,000 ids', value: nanoseconds(many), target: 'no slower', ok: many <= few * 1.1 },
  ]);
}

function loading(): void {
  const flagOf = (index: number): Flag => ({
    key: `flag-${index}`,
    type: 'string',
    on: true,
    variants: { a: 'A', b: 'B' },
    off: null,
    rules: Array.from({ length: 5 }, (_, rule) => ({
      id: `r${rule}`,
      when: {
        all: [
          { attr: 'country', op: 'in', values: ['NO', 'SE'] },
          { attr: 'age', op: 'gte', value: 10 * rule },
        ],
      },
      serve: { variant: rule % 2 === 0 ? 'a' : 'b' },
    })),
    default: { variant: 'a' },
  });
  const text = JSON.stringify(
    Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`flag-${index}`, flagOf(index)])),
  );
  const clock = cpuClock();
  const flags = JSON.parse(text) as Record<string, Flag>;
  const definitions = compileDefinitions({ flags });
  const loaded = clock();
  for (const key of definitions.flagKeys()) definitions.evaluate(key, { country: 'NO', age: 30 });
  const used = clock();
  // Many changes, since the collector is still busy with what was loaded.
  let changed = definitions;
  for (let index = 0; index < CHANGES; index += 1) {
    changed = changed.with({ flags: { [`flag-${index}`]: { ...flagOf(index), on: false } } });
    changed.evaluate(`flag-${index}`, { country: 'NO', age: 30 });
  }
  const one = (clock() - used) / CHANGES;
  printTable('10,000 flags of five rules', [
    { what: 'parsed and ready to evaluate', value: `${loaded.toFixed(0)} ms`, target: '', ok: null },
    // A flag is compiled when it is first asked for, so only now are all.
    { what: 'and each evaluated once', value: `${used.toFixed(0)} ms`, target: '<= 500 ms', ok: used <= 500 },
    { what: 'one of them changed', value: `${one.toFixed(2)} ms`, target: '', ok: null },
  ]);
}

/** Milliseconds of processor time since it was made. */
function cpuClock(): () => number {
  const start = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1_000;
  };
}

const nanoseconds = (time: number): string => `${Math.round(time).toLocaleString('en')} ns`;
