import { z } from 'zod';
import { fieldErrors } from '../errors/parse.js';
import { Amendment, ExperimentCreate, ExperimentPatch } from './experiment.js';
import { experimentRoutes } from './routes.js';

const sound = {
  key: 'gate',
  name: 'Gate',
  variants: [
    { key: 'a', isControl: true, trafficAllocation: 50, configuration: { level: 30 } },
    { key: 'b', trafficAllocation: 50 },
  ],
};
const nested = (depth: number, open: string, close: string): unknown =>
  JSON.parse(open.repeat(depth) + 'true' + close.repeat(depth));

function complaints(schema: z.ZodType, value: unknown): string[] {
  const parsed = schema.safeParse(value);
  return parsed.success ? [] : fieldErrors(parsed.error).map(({ path }) => path);
}

describe('ExperimentCreate', () => {
  it('fills in what is not said', () => {
    expect(ExperimentCreate.parse(sound)).toMatchObject({
      experimentType: 'A_B',
      coverage: 100,
      unit: ['userId'],
      targetingRules: null,
      metrics: [],
      analysis: { alpha: 0.05, power: 0.8, correction: 'none', sequential: 'none', cuped: false },
    });
  });

  it.each([
    [{ colour: 'red' }, 'colour'],
    [{ key: 'a:b' }, 'key'],
    [{ key: 'k'.repeat(300) }, 'key'],
    [{ name: '' }, 'name'],
    [{ coverage: 101 }, 'coverage'],
    [{ coverage: 1.0001 }, 'coverage'],
    [{ endDate: 'tomorrow' }, 'endDate'],
    [{ analysis: { alpha: 0.7 } }, 'analysis.alpha'],
    [{ analysis: { beta: 1 } }, 'analysis.beta'],
    [{ unit: [] }, 'unit'],
    [{ variants: [{ ...sound.variants[0], size: 1 }] }, 'variants[0].size'],
    [{ variants: [{ ...sound.variants[0], configuration: { text: 'a\u0000b' } }] }, 'variants[0].configuration.text'],
    [{ variants: [{ ...sound.variants[0], configuration: { ['\ud800']: 1 } }] }, 'variants[0].configuration.\ufffd'],
    [{ targetingRules: 'country = NO' }, 'targetingRules'],
    [{ targetingRules: nested(101, '{"not":', '}') }, 'targetingRules'],
  ])('refuses %j', (change, path) => {
    expect(complaints(ExperimentCreate, { ...sound, ...change })).toEqual([path]);
  });

  it('is not brought down by a value that is nested a hundred thousand deep', () => {
    const targetingRules = nested(100_000, '{"not":', '}');
    const configuration = { deep: nested(100_000, '[', ']') };
    expect(
      complaints(ExperimentCreate, { ...sound, targetingRules, variants: [{ ...sound.variants[0], configuration }] }),
    ).toEqual(['targetingRules', 'variants[0].configuration']);
  });
});

describe('ExperimentPatch', () => {
  it('holds only what was sent, so that nothing else is merged', () => {
    expect(ExperimentPatch.parse({})).toEqual({});
    expect(ExperimentPatch.parse({ analysis: { alpha: 0.01 }, description: null })).toEqual({
      analysis: { alpha: 0.01 },
      description: null,
    });
  });

  it('cannot move an experiment to another key, environment or status', () => {
    expect(complaints(ExperimentPatch, { key: 'other', environment: 'staging', status: 'ACTIVE', version: 3 })).toEqual(
      ['key', 'environment', 'status', 'version'],
    );
  });

  it('needs a reason as an amendment', () => {
    expect(complaints(Amendment, { change: { coverage: 10 } })).toEqual(['reason']);
  });
});

describe('experimentRoutes', () => {
  it('has one id and one method and path for each call', () => {
    expect(new Set(experimentRoutes.map(({ id }) => id)).size).toBe(experimentRoutes.length);
    expect(new Set(experimentRoutes.map(({ method, path }) => `${method} ${path}`)).size).toBe(experimentRoutes.length);
  });

  it('can be described in JSON Schema, both ways', () => {
    const typeOf = (schema: z.ZodType, io: 'input' | 'output'): unknown => {
      const { $ref, $defs, type } = z.toJSONSchema(schema, { io });
      return $ref === undefined ? type : $defs?.[$ref.replace('#/$defs/', '')]?.type;
    };
    for (const route of experimentRoutes) {
      if ('body' in route) expect(typeOf(route.body, 'input')).toBe('object');
      if ('query' in route) expect(typeOf(route.query, 'input')).toBe('object');
      if ('schema' in route.success) expect(typeOf(route.success.schema, 'output')).toBe('object');
    }
  });

  it('takes several statuses parted by commas', () => {
    const list = experimentRoutes.find(({ id }) => id === 'listExperiments');
    const query = list !== undefined && 'query' in list ? list.query : z.never();
    expect(query.parse({ status: 'ACTIVE,PAUSED' })).toEqual({ limit: 50, status: ['ACTIVE', 'PAUSED'] });
    expect(complaints(query, { status: 'RUNNING' })).toEqual(['status[0]']);
  });
});
