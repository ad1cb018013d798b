import { type AppError } from '@assay/contracts';
import { parseIfMatch, requireVersion } from './if-match.js';

function matches(header: string | undefined, version: number): boolean {
  try {
    requireVersion(parseIfMatch(header), version);
    return true;
  } catch (error) {
    expect((error as AppError).code).toBe('version_conflict');
    return false;
  }
}

describe('If-Match', () => {
  it.each([undefined, '*', ' * ', '"3"', '3', 'W/"3"', '"1", "3"', '"a,b" , W/"3"', 'stale, "3"'])(
    '%s lets version 3 through',
    (header) => expect(matches(header, 3)).toBe(true),
  );

  it.each(['"2"', '2', 'W/"2"', '"1", "2"', 'stale', '"abc"', '"33"', '', '"*"', '3-gzip', '"1,3"'])(
    '%s does not',
    (header) => expect(matches(header, 3)).toBe(false),
  );

  it('says what was asked for and what there is', () => {
    expect(() => requireVersion(parseIfMatch('"1", stale'), 3)).toThrow('"1", "stale"');
    expect(() => requireVersion(parseIfMatch('"1"'), 3)).toThrow('version 3');
  });
});
