import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

const root = join(import.meta.dirname, '..', '..');

export const alertsFile = 'k8s/components/monitoring/alerts.yml';
const dashboardFile = 'k8s/components/monitoring/assay-dashboard.json';

export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string };
}

export function alertRules(): AlertRule[] {
  const { groups } = parse(readFileSync(join(root, alertsFile), 'utf8')) as { groups: { rules: AlertRule[] }[] };
  return groups.flatMap(({ rules }) => rules);
}

/** What the panels of the dashboard ask for. */
export function dashboardExpressions(): string[] {
  const { panels } = JSON.parse(readFileSync(join(root, dashboardFile), 'utf8')) as {
    panels: { targets: { expr: string }[] }[];
  };
  return panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
}

/** A metric as an expression asks for it, with the labels it is chosen by. */
export interface Demand {
  readonly metric: string;
  readonly labels: readonly string[];
}

/** Metrics an expression names; the parts of a histogram under the name of the whole. */
export const metricsIn = (expression: string): string[] => demandsIn(expression).map(({ metric }) => metric);

/** Every metric is followed by its matchers in braces: that is how ours are written, and what tells them from functions. */
export const demandsIn = (expression: string): Demand[] =>
  [...expression.matchAll(/([a-z_][a-z0-9_]*)\{([^}]*)\}/g)].map(([, name = '', matchers = '']) => ({
    metric: name.replace(/_(bucket|count|sum)$/, ''),
    labels: ofMetric([...matchers.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label = '']) => label)),
  }));

/** The labels that an expression sums by. */
export const groupingsIn = (expression: string): string[] =>
  ofMetric([...expression.matchAll(/\bby\s*\(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(/\s*,\s*/)));

/** What Prometheus knows of the target and not of the metric. */
const OF_TARGET = ['job', 'service', 'instance'];

const ofMetric = (labels: readonly string[]): string[] =>
  [...new Set(labels)].filter((label) => label !== '' && !OF_TARGET.includes(label));
