import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const source = join(import.meta.dirname, '..');

it('OpenTelemetry is imported by one file, and that one only when tracing is asked for', () => {
  const files = globSync('**/*.ts', { cwd: source }).filter((file) => !file.endsWith('spec.ts'));
  const texts = files.map((file) => [file, readFileSync(join(source, file), 'utf8')] as const);
  const importing = (pattern: RegExp): string[] => texts.filter(([, text]) => pattern.test(text)).map(([file]) => file);
  expect(importing(/from '@opentelemetry\//)).toEqual(['tracing/open-telemetry.ts']);
  expect(importing(/from '.*\/open-telemetry\.js'/)).toEqual([]);
  expect(importing(/await import\('\.\/open-telemetry\.js'\)/)).toEqual(['tracing/start-tracing.ts']);
});
