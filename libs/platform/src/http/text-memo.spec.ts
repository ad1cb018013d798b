import { TextMemo } from './text-memo.js';

it('is what is made of each text, and is made once as long as there are few', () => {
  const made: string[] = [];
  const lengths = new TextMemo((text) => {
    made.push(text);
    return text.length;
  }, 2);
  for (const text of ['a', 'bb', 'a', 'bb', 'ccc', 'ccc', '']) expect(lengths.of(text)).toBe(text.length);
  expect(made).toEqual(['a', 'bb', 'ccc', '']);
  for (const text of ['x'.repeat(501), 'x'.repeat(501)]) expect(lengths.of(text)).toBe(501);
  expect(made).toHaveLength(6);
});
