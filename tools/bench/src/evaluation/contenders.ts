import { compileDefinitions, type Flag, type Rule } from '@assay/evaluation';
import { GrowthBookClient } from '@growthbook/growthbook';
import { FlagdCore } from '@openfeature/flagd-core';
import { once } from 'node:events';
import { InMemStorageProvider, Unleash } from 'unleash-client';

export type Attributes = Record<string, string | number>;

/** One engine, asked for the variant of one flag. */
export interface Contender {
  readonly name: string;
  /** What the engine takes as a context; made once, not measured. */
  readonly prepare?: (attributes: Attributes) => unknown;
  readonly evaluate: (context: never) => unknown;
}

/** A flag as each engine writes it: rules in order, each with an attribute and the value it wants, then a 50/50 split. */
export interface Case {
  readonly title: string;
  readonly rules: readonly { readonly attribute: string; readonly value: string }[];
  readonly split: boolean;
}

export async function contendersFor(subject: Case): Promise<{ all: Contender[]; close: () => void }> {
  const unleash = await unleashFor(subject);
  const all = [assayFor(subject), growthBookFor(subject), flagdFor(subject), unleash.contender];
  return { all, close: unleash.close };
}

const arms = [
  { key: 'control', variant: 'a', in: [[0, 0.5]] },
  { key: 'treatment', variant: 'b', in: [[0.5, 1]] },
] as const;

function assayFor({ rules, split }: Case): Contender {
  const served = split ? { split: { key: 'exp', unit: ['userId'], salt: 'exp', arms } } : ({ variant: 'b' } as const);
  const flag: Flag = {
    key: 'flag',
    type: 'string',
    on: true,
    variants: { a: 'A', b: 'B' },
    off: null,
    rules: rules.map(({ attribute, value }, index): Rule => ({
      id: `r${index}`,
      when: { attr: attribute, op: 'in', values: [value] },
      serve: served,
    })),
    default: { variant: 'a' },
  };
  const definitions = compileDefinitions({ flags: { flag } });
  return { name: 'assay', evaluate: (context: Attributes) => definitions.evaluate('flag', context).variant };
}

function growthBookFor({ rules, split }: Case): Contender {
  const features = {
    flag: {
      defaultValue: 'A',
      rules: rules.map(({ attribute, value }) => ({
        condition: { [attribute]: value },
        ...(split
          ? { variations: ['A', 'B'], weights: [0.5, 0.5], key: 'exp', hashAttribute: 'userId', hashVersion: 2 }
          : { force: 'B' }),
      })),
    },
  };
  const client = new GrowthBookClient();
  client.initSync({ payload: { features } });
  return {
    name: '@growthbook/growthbook',
    prepare: (attributes) => ({ attributes }),
    evaluate: (context: { attributes: Attributes }) => client.evalFeature('flag', context).value as unknown,
  };
}

function flagdFor({ rules, split }: Case): Contender {
  const fraction = { fractional: [{ var: 'userId' }, ['a', 50], ['b', 50]] };
  const targeting = rules.reduceRight<unknown>(
    (otherwise, { attribute, value }) => ({
      if: [{ '==': [{ var: attribute }, value] }, split ? fraction : 'b', otherwise],
    }),
    'a',
  );
  const core = new FlagdCore();
  const flag = { state: 'ENABLED', variants: { a: 'A', b: 'B' }, defaultVariant: 'a', targeting };
  core.setConfigurations(JSON.stringify({ flags: { flag } }));
  return {
    name: '@openfeature/flagd-core',
    prepare: (attributes) => ({ targetingKey: String(attributes['userId']), ...attributes }),
    evaluate: (context: Attributes) => core.resolveStringEvaluation('flag', 'A', context, SILENT).variant,
  };
}

const nothing = (): void => undefined;
const SILENT = { error: nothing, warn: nothing, info: nothing, debug: nothing };

async function unleashFor({ rules, split }: Case): Promise<{ contender: Contender; close: () => void }> {
  const variant = (name: string) => ({ name, weight: 500, weightType: 'variable', stickiness: 'userId' });
  const feature = {
    name: 'flag',
    enabled: true,
    type: 'release',
    strategies: rules.map(({ attribute, value }) => ({
      name: 'flexibleRollout',
      parameters: { rollout: '100', stickiness: 'userId', groupId: 'exp' },
      constraints: [
        { contextName: attribute, operator: 'IN', values: [value], inverted: false, caseInsensitive: false },
      ],
      ...(split ? { variants: [variant('a'), variant('b')] } : {}),
    })),
    variants: [],
  };
  const unleash = new Unleash({
    appName: 'bench',
    url: 'http://127.0.0.1:9/',
    refreshInterval: 0,
    disableMetrics: true,
    skipInstanceCountWarning: true,
    disableAutoStart: true,
    storageProvider: new InMemStorageProvider(),
    bootstrap: { data: [feature] as never },
  });
  unleash.on('error', nothing);
  unleash.on('warn', nothing);
  const ready = once(unleash, 'ready');
  void unleash.start();
  await ready;
  const prepare = (properties: Attributes) => ({
    userId: String(properties['userId']),
    properties: properties as Record<string, string>,
  });
  const evaluate = (context: ReturnType<typeof prepare>): unknown =>
    split ? unleash.getVariant('flag', context).name : unleash.isEnabled('flag', context);
  return { contender: { name: 'unleash-client', prepare, evaluate }, close: () => unleash.destroy() };
}
