import { z } from 'zod';
import { Problem } from '../errors/problem.js';
import type { RouteShape } from '../http/route.js';

type Json = Record<string, unknown>;

/** What the document says about itself. */
export interface DocumentInfo {
  readonly title: string;
  readonly version: string;
  readonly description: string;
}

/**
 * The OpenAPI 3.1 document of a list of routes. Made from the same schemas that parse the requests, so that it cannot say
 * anything else than what is done.
 */
export function openApiDocument(info: DocumentInfo, routes: readonly RouteShape[]): Json {
  const schemas: Json = {};
  const paths: Record<string, Json> = {};
  // What is sent comes first, so that it keeps the plain name where the answer differs.
  for (const { body } of routes) if (body !== undefined) jsonSchema(body, 'input', schemas);
  for (const route of routes) {
    const path = route.path.replaceAll(/:([A-Za-z]+)/g, '{$1}');
    (paths[path] ??= {})[route.method.toLowerCase()] = operation(route, schemas);
  }
  jsonSchema(Problem, 'output', schemas);
  return {
    openapi: '3.1.0',
    info,
    servers: [{ url: '/' }],
    tags: [...new Set(routes.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      schemas,
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description: 'Access token of `POST /api/v1/auth/login`, or an api key',
        },
        apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
      },
    },
  };
}

function operation(route: RouteShape, schemas: Json): Json {
  const { status, schema, description = 'Done', created } = route.success;
  const answer: Json = { description };
  if (schema !== undefined) answer.content = { 'application/json': { schema: jsonSchema(schema, 'output', schemas) } };
  return {
    operationId: route.id,
    tags: [route.tag],
    summary: route.summary,
    ...(route.description === undefined ? {} : { description: route.description }),
    ...(route.access === 'public' ? { security: [] } : { security: [{ bearer: [] }, { apiKey: [] }] }),
    ...(isPermission(route.access) ? { 'x-permission': route.access } : {}),
    parameters: parameters(route, schemas),
    ...(route.body === undefined ? {} : { requestBody: requestBody(route, schemas) }),
    responses: {
      [String(status)]: answer,
      ...(created === undefined ? {} : { [String(created)]: { ...answer, description: 'Made' } }),
      default: PROBLEM,
    },
  };
}

const PROBLEM: Json = {
  description: 'What went wrong: `code` is stable, `errors` names the fields',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
};

const isPermission = (access: string): boolean => access !== 'public' && access !== 'authenticated';

function requestBody(route: RouteShape, schemas: Json): Json {
  const schema = jsonSchema(route.body as z.ZodType, 'input', schemas);
  const content: Json = { 'application/json': { schema } };
  if (route.bodyMode === 'stream') content['application/x-ndjson'] = { schema: { type: 'string' } };
  return { required: true, content };
}

function parameters(route: RouteShape, schemas: Json): Json[] {
  const found: Json[] = [];
  for (const [place, object] of [
    ['path', route.params],
    ['query', route.query],
  ] as const) {
    if (object === undefined) continue;
    const { properties = {}, required = [] } = jsonSchema(object, 'input', schemas) as {
      properties?: Record<string, Json>;
      required?: string[];
    };
    for (const [name, schema] of Object.entries(properties)) {
      found.push({ name, in: place, required: place === 'path' || required.includes(name), schema });
    }
  }
  if (route.idempotent !== undefined) found.push(IDEMPOTENCY_KEY);
  if (route.scope !== 'none') found.push(scopeParameter('project', 'default'));
  if (route.scope === 'environment') found.push(scopeParameter('environment', 'production'));
  return found;
}

const IDEMPOTENCY_KEY: Json = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'Under the same key the same request has one effect, for 24 hours',
  schema: { type: 'string', minLength: 1, maxLength: 255 },
};

const scopeParameter = (name: string, fallback: string): Json => ({
  name,
  in: 'query',
  required: false,
  description: `Key of the ${name}; an api key brings its own`,
  schema: { type: 'string', default: fallback },
});

/**
 * The schema in place, or a reference to it under `components` when it has an id. A schema with defaults demands other fields
 * when it is answered than when it is sent: then the answer gets a name of its own.
 */
function jsonSchema(schema: z.ZodType, io: 'input' | 'output', schemas: Json): Json {
  const produced = z.toJSONSchema(schema, {
    io,
    target: 'draft-2020-12',
    unrepresentable: 'any',
    reused: 'inline',
  }) as Json;
  const { $defs = {}, $schema: _schema, ...own } = produced;
  const definitions = { ...($defs as Record<string, Json>) };
  const rootName = typeof own.id === 'string' ? own.id : undefined;
  if (rootName !== undefined) definitions[rootName] = own;
  const names = new Map(Object.entries(definitions).map(([name, body]) => [name, freeName(name, body, schemas)]));
  for (const [name, body] of Object.entries(definitions))
    schemas[names.get(name) ?? name] ??= withSource(relink(body, names), body);
  return rootName === undefined
    ? relink(own, names)
    : { $ref: `#/components/schemas/${names.get(rootName) ?? rootName}` };
}

/** What a component was made from, to know it again; never serialised. */
const SOURCE = Symbol('source');

const withSource = (component: Json, body: Json): Json =>
  Object.defineProperty(component, SOURCE, { value: JSON.stringify(body), enumerable: false });

function freeName(name: string, body: Json, schemas: Json): string {
  const held = schemas[name] as { [SOURCE]?: string } | undefined;
  return held === undefined || held[SOURCE] === JSON.stringify(body) ? name : `${name}Answer`;
}

/** `#/$defs/X` -> `#/components/schemas/<its name>`, everywhere; `id` is ours, not JSON Schema's. */
function relink(body: Json, names: ReadonlyMap<string, string>): Json {
  const text = JSON.stringify(body).replaceAll(
    /#\/\$defs\/([^"]+)/g,
    (_, name: string) => `#/components/schemas/${names.get(name) ?? name}`,
  );
  const { id: _id, ...rest } = JSON.parse(text) as Json;
  return rest;
}
