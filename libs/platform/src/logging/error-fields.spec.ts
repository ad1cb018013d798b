import { errorFields } from './error-fields.js';

const failed = Object.assign(new Error('insert into users … ("ada@example.org") - duplicate key'), {
  code: '23505',
  table: 'users',
  constraint: 'users_email_unique',
  detail: 'Key (email)=(ada@example.org) already exists.',
  query: `insert into users values ('ada@example.org')`,
});

describe('errorFields', () => {
  it('keeps of a failed statement what names no value', () => {
    const fields = errorFields(failed) as Record<string, unknown>;
    expect(fields).toMatchObject({
      type: 'Error',
      code: '23505',
      table: 'users',
      constraint: 'users_email_unique',
      message: 'the database answered 23505',
    });
    expect(JSON.stringify(fields)).not.toContain('ada@example.org');
    expect(fields['stack']).toMatch(/^\s+at /);
  });

  it('does so for causes as well, and ends with a circle of them', () => {
    const outer = new TypeError('the change failed', { cause: failed });
    expect(errorFields(outer)).toMatchObject({
      type: 'TypeError',
      message: 'the change failed',
      cause: { code: '23505' },
    });
    expect(JSON.stringify(errorFields(outer))).not.toContain('ada@example.org');
    const circle = new Error('round');
    circle.cause = circle;
    expect(JSON.stringify(errorFields(circle)).match(/"round"/g)).toHaveLength(4);
  });

  it('keeps the text and code of any other error, and leaves alone what is none', () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:9092'), { code: 'ECONNREFUSED' });
    expect(errorFields(refused)).toMatchObject({
      message: 'connect ECONNREFUSED 127.0.0.1:9092',
      code: 'ECONNREFUSED',
    });
    expect(errorFields('just text')).toBe('just text');
  });
});
