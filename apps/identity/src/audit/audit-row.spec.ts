import { SYSTEM_ACTOR, type AuditRecord, type Envelope } from '@assay/contracts';
import { auditRow } from './audit-row.js';

const ID = '0190b6a2-0000-7000-8000-000000000001';

function envelope(data: Partial<AuditRecord>): Envelope<AuditRecord> {
  return {
    specversion: '1.0',
    id: '0190b6a2-0000-7000-8000-0000000000aa',
    type: 'audit.recorded',
    source: '/assay/experiments',
    time: '2026-11-22T12:00:00.000Z',
    subject: ID,
    datacontenttype: 'application/json',
    data: {
      actorKind: 'user',
      actorId: ID,
      actorName: 'ada',
      projectId: null,
      action: 'experiment.started',
      resourceType: 'experiment',
      resourceId: ID,
      resourceKey: 'gate',
      before: null,
      after: null,
      ip: null,
      traceId: null,
      ...data,
    },
  };
}

describe('auditRow', () => {
  it('has the id and time of the message, so that one that comes twice is one entry', () => {
    expect(auditRow(envelope({}))).toMatchObject({
      id: '0190b6a2-0000-7000-8000-0000000000aa',
      createdAt: new Date('2026-11-22T12:00:00Z'),
      actorKind: 'user',
      actorId: ID,
      resourceId: ID,
      resourceKey: 'gate',
    });
  });

  it('knows programs and the platform itself', () => {
    expect(auditRow(envelope({ actorKind: 'server' })).actorKind).toBe('api_key');
    expect(auditRow(envelope({ actorKind: 'client' })).actorKind).toBe('api_key');
    expect(auditRow(envelope({ actorKind: 'system', actorId: SYSTEM_ACTOR.id }))).toMatchObject({
      actorKind: 'system',
      actorId: null,
    });
  });

  it('keeps what is no UUID and no object all the same', () => {
    const row = auditRow(envelope({ resourceId: 'us-list', resourceKey: null, before: [1, 2], after: { a: 1 } }));
    expect(row).toMatchObject({ resourceId: null, resourceKey: 'us-list', before: { value: [1, 2] }, after: { a: 1 } });
  });
});
