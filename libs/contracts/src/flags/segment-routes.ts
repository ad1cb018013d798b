import { z } from 'zod';
import { ListQuery, listOf } from '../http/list.js';
import { IdOrKey } from '../http/primitives.js';
import { defineRoute } from '../http/route.js';
import { Segment, SegmentCreate, SegmentPatch } from './segment.js';

const base = { tag: 'Segments', scope: 'project' } as const;
const params = z.object({ id: IdOrKey });
const path = '/api/v1/segments/:id';

export const listSegments = defineRoute({
  ...base,
  id: 'listSegments',
  method: 'GET',
  path: '/api/v1/segments',
  summary: 'List segments',
  description:
    'Sorted by key. `sort` takes key, name, createdAt and updatedAt; `q` looks into key, name and description.',
  access: 'segment:read',
  query: ListQuery,
  success: { status: 200, schema: listOf(Segment) },
});

export const createSegment = defineRoute({
  ...base,
  id: 'createSegment',
  method: 'POST',
  path: '/api/v1/segments',
  summary: 'Create a segment',
  access: 'segment:create',
  body: SegmentCreate,
  success: { status: 201, schema: Segment },
  idempotent: true,
});

export const readSegment = defineRoute({
  ...base,
  id: 'readSegment',
  method: 'GET',
  path,
  summary: 'Read a segment',
  access: 'segment:read',
  params,
  success: { status: 200, schema: Segment },
});

export const updateSegment = defineRoute({
  ...base,
  id: 'updateSegment',
  method: 'PATCH',
  path,
  summary: 'Change a segment',
  description: 'The condition is replaced as a whole.',
  access: 'segment:update',
  params,
  body: SegmentPatch,
  success: { status: 200, schema: Segment },
});

export const deleteSegment = defineRoute({
  ...base,
  id: 'deleteSegment',
  method: 'DELETE',
  path,
  summary: 'Delete a segment',
  description: 'Refused with 409 while a flag, an experiment or another segment names it.',
  access: 'segment:delete',
  params,
  success: { status: 204 },
});

export const segmentRoutes = [listSegments, createSegment, readSegment, updateSegment, deleteSegment];
