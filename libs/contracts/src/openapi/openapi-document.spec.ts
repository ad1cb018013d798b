import { z } from 'zod';
import { defineRoute } from '../http/route.js';
import { openApiDocument } from './openapi-document.js';

const Thing = z.strictObject({ name: z.string().max(5), size: z.number().default(1) }).meta({ id: 'Thing' });
const route = defineRoute({
  id: 'putThing',
  method: 'PUT',
  path: '/api/v1/things/:id',
  tag: 'Things',
  summary: 'Put a thing',
  access: 'experiment:update',
  scope: 'environment',
  params: z.object({ id: z.string() }),
  query: z.strictObject({ limit: z.coerce.number().int().max(200).default(50) }),
  body: Thing,
  success: { status: 200, created: 201, schema: z.object({ thing: Thing }) },
});

interface Document {
  paths: Record<
    string,
    Record<string, { parameters: { name: string; in: string; required: boolean }[]; responses: object }>
  >;
  components: { schemas: Record<string, { required?: string[]; additionalProperties?: boolean }> };
}

const repeated = defineRoute({
  id: 'makeThing',
  method: 'POST',
  path: '/api/v1/things',
  tag: 'Things',
  summary: 'Make a thing',
  access: 'experiment:create',
  scope: 'none',
  body: Thing,
  idempotent: true,
  success: { status: 201, schema: Thing },
});

describe('openApiDocument', () => {
  const document = openApiDocument({ title: 't', version: '1', description: '' }, [
    route,
    repeated,
  ]) as unknown as Document;

  it('turns path parameters and scope into parameters', () => {
    const operation = document.paths['/api/v1/things/{id}']?.put;
    expect(operation?.parameters.map(({ name, in: place, required }) => [name, place, required])).toEqual([
      ['id', 'path', true],
      ['limit', 'query', false],
      ['project', 'query', false],
      ['environment', 'query', false],
    ]);
  });

  it('tells of the Idempotency-Key where it counts', () => {
    expect(document.paths['/api/v1/things']?.post?.parameters).toMatchObject([
      { name: 'Idempotency-Key', in: 'header', required: false },
    ]);
  });

  it('keeps named schemas as components, with what the parser refuses', () => {
    expect(document.components.schemas.Thing).toMatchObject({ required: ['name'], additionalProperties: false });
    expect(document.components.schemas.ThingAnswer).toMatchObject({ required: ['name', 'size'] });
    expect(document.components.schemas.Problem).toBeDefined();
  });

  it('says the same of both answers of a call that may make something', () => {
    const { responses } = document.paths['/api/v1/things/{id}']?.put as { responses: Record<string, object> };
    expect(responses['201']).toEqual({ ...responses['200'], description: 'Made' });
  });

  it('describes every failure as a problem document', () => {
    expect(document.paths['/api/v1/things/{id}']?.put?.responses).toHaveProperty('default');
  });

  it('holds no reference that leads nowhere', () => {
    const text = JSON.stringify(document);
    for (const [, name] of text.matchAll(/#\/components\/schemas\/([A-Za-z]+)/g)) {
      expect(document.components.schemas).toHaveProperty(name ?? '');
    }
    expect(text).not.toContain('$defs');
  });
});
