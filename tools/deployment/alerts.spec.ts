import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { alertRules, alertsFile, dashboardExpressions, metricsIn } from './observability.js';

const root = join(import.meta.dirname, '..', '..');
const guide = readFileSync(join(root, 'docs', 'operations.md'), 'utf8');

describe('the alerts', () => {
  it('each have a section in operations.md that says what to do, and no section is about none', () => {
    const sections = [...guide.matchAll(/^### (Assay\w+)\n([^#]+)/gm)];
    expect(sections.map(([, name]) => name).sort()).toEqual(
      alertRules()
        .map(({ alert }) => alert)
        .sort(),
    );
    for (const [, name, text = ''] of sections) expect([name, text.length > 120]).toEqual([name, true]);
  });

  it('have a severity and a sentence', () => {
    for (const { alert, labels, annotations } of alertRules()) {
      expect([alert, ['warning', 'critical'].includes(labels.severity)]).toEqual([alert, true]);
      expect(annotations.summary.length).toBeGreaterThan(10);
    }
  });

  it('fire at the memory that operations.md names', () => {
    const { expr = '' } = alertRules().find(({ alert }) => alert === 'AssayMemoryHigh') ?? {};
    const megabytes = /> (\d+)e6$/.exec(expr)?.[1];
    expect(guide).toContain(`A process holds more than ${megabytes} MB`);
  });

  it('and the dashboard ask for metrics that operations.md explains', () => {
    const names = [...alertRules().map(({ expr }) => expr), ...dashboardExpressions()].flatMap(metricsIn);
    expect(new Set(names).size).toBeGreaterThan(12);
    const unexplained = names.filter((name) => !/^(up$|process_|nodejs_)/.test(name) && !guide.includes(`\`${name}\``));
    expect(unexplained).toEqual([]);
  });

  it('are the file that Compose’s Prometheus reads, for the job and label that it gives its targets', () => {
    const prometheus = parse(readFileSync(join(root, 'tools', 'observability', 'prometheus.yml'), 'utf8')) as {
      rule_files: string[];
      scrape_configs: { job_name: string; static_configs: { targets: string[]; labels: { service: string } }[] }[];
    };
    expect(prometheus.rule_files).toEqual(['alerts.yml']);
    expect(readFileSync(join(root, 'docker-compose.yml'), 'utf8')).toContain(
      `./${alertsFile}:/etc/prometheus/alerts.yml`,
    );
    const [job] = prometheus.scrape_configs;
    expect(job?.job_name).toBe('assay');
    expect(job?.static_configs).toHaveLength(7);
    for (const { targets, labels } of job?.static_configs ?? [])
      expect(targets[0]?.startsWith(`${labels.service}:`)).toBe(true);
  });
});
