import { emptyMoments, mergeMoments, momentsFromValues, OTHER_SEGMENT, type Moments } from '@assay/stats';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { totalArms } from '../data/arm-totals.js';
import type { ExperimentData } from '../data/experiment-data.js';
import type { RankedArm, RankedMetrics } from '../data/ranked-units.js';
import type { UnitGroup } from '../data/unit-table.js';
import type { ExperimentPlan } from '../plan/experiment-plan.js';
import type { MetricPlan } from '../plan/metric-plan.js';

/** Below so many units in an arm a value counts among the others: its variance is not known well enough. */
const SMALLEST_ARM = 100;

/** An attribute, and its values that most units have. */
export interface AttributeValues {
  readonly name: string;
  readonly values: readonly string[];
}

/** An attribute with the data of each of its values, those with the most units first. */
export interface ScannedAttribute {
  readonly name: string;
  readonly segments: ReadonlyMap<string, ExperimentData>;
}

/** Units and the moments of metrics, arm by arm. */
interface Segment {
  readonly units: Map<string, number>;
  /** By metric, then variant id. */
  readonly moments: Map<MetricPlan, Map<string, Moments>>;
}

/** Goals and guardrails that have one number per unit: quantiles of parts are asked for with `dimension=`. */
export const scannedMetrics = ({ metrics }: ExperimentPlan): MetricPlan[] =>
  metrics.filter(({ metric }) => metric.role !== 'secondary' && metric.quantile === null);

/** Adds units up by the values of several attributes at once. */
export class AttributeSums {
  readonly metrics: readonly MetricPlan[];
  /** How many were added. */
  units = 0;
  /** Attribute by attribute: the other values first, then those that are named. */
  private readonly segments: readonly (readonly Segment[])[];

  /** @param caps where capped metrics are cut: at the same place in every segment. */
  constructor(
    private readonly plan: ExperimentPlan,
    private readonly attributes: readonly AttributeValues[],
    private readonly caps: RankedMetrics,
  ) {
    this.metrics = scannedMetrics(plan);
    this.segments = attributes.map(({ values }) =>
      Array.from({ length: values.length + 1 }, () => ({ units: new Map(), moments: new Map() })),
    );
  }

  /** Many units of one arm. Others get their turn in between. */
  async add(group: UnitGroup): Promise<void> {
    this.units += group.count;
    this.segments.forEach((segments, attribute) => {
      const counts = countsOf(group.codes[attribute] ?? new Float64Array(0), segments.length);
      segments.forEach(({ units }, code) => {
        units.set(group.variantId, (units.get(group.variantId) ?? 0) + (counts[code] ?? 0));
      });
    });
    for (const metric of this.metrics) {
      const columns = this.capped(metric, group.quantities(metric));
      this.segments.forEach((segments, attribute) => {
        const parts = partsOf(columns, group.codes[attribute] ?? new Float64Array(0), segments.length);
        segments.forEach(({ moments }, code) => addTo(moments, metric, group.variantId, parts[code] ?? []));
      });
      await nextTurn();
    }
  }

  all(): ScannedAttribute[] {
    return this.attributes.map(({ name, values }, attribute) => {
      const [others, ...named] = this.segments[attribute] ?? [];
      const large = named.flatMap((segment, index) => (this.isLarge(segment) ? [[values[index] ?? '', segment]] : []));
      const rest = named.filter((segment) => !this.isLarge(segment));
      const other = [...(others === undefined ? [] : [others]), ...rest].reduce(merged);
      const shown = [...large, ...(this.isLarge(other) ? [[OTHER_SEGMENT, other]] : [])] as [string, Segment][];
      return { name, segments: new Map(shown.map(([value, segment]) => [value, this.dataOf(segment)])) };
    });
  }

  /** An arm that gets no traffic need not be there. */
  private isLarge({ units }: Segment): boolean {
    return this.plan.definition.variants.every(
      ({ id, trafficAllocation }) => trafficAllocation === 0 || (units.get(id) ?? 0) >= SMALLEST_ARM,
    );
  }

  private capped(metric: MetricPlan, columns: readonly Float64Array[]): readonly Float64Array[] {
    const cap = metric.isRanked ? (this.caps.get(metric.metric.name)?.cap?.value ?? null) : null;
    if (cap === null) return columns;
    const cut = metric.earlier === null ? [0] : [0, metric.rule.dimensions];
    return columns.map((column, index) =>
      cut.includes(index) ? column.map((each) => (each > cap ? cap : each)) : column,
    );
  }

  private dataOf({ units, moments }: Segment): ExperimentData {
    const totals = totalArms(this.plan, []);
    for (const [variantId, total] of totals) total.units = units.get(variantId) ?? 0;
    const ranked = [...moments].map(([{ metric }, arms]) => {
      const own = new Map([...arms].map(([id, each]): [string, RankedArm] => [id, { moments: each, quantile: null }]));
      return [metric.name, { arms: own, cap: this.caps.get(metric.name)?.cap ?? null }] as const;
    });
    return { totals, ranked: new Map(ranked), flow: [], through: null };
  }
}

function countsOf(codes: Float64Array, size: number): Uint32Array {
  const counts = new Uint32Array(size);
  for (const code of codes) counts[code] = (counts[code] ?? 0) + 1;
  return counts;
}

/** Columns apart by a code of each unit, without the units that the first column leaves out. */
function partsOf(columns: readonly Float64Array[], codes: Float64Array, size: number): Float64Array[][] {
  const [first = new Float64Array(0)] = columns;
  const places = codes.map((code, unit) => (Number.isNaN(first[unit]) ? size : code));
  const counts = countsOf(places, size + 1);
  const parts = Array.from({ length: size }, (_, code) => columns.map(() => new Float64Array(counts[code] ?? 0)));
  const used = new Uint32Array(size + 1);
  for (let unit = 0; unit < places.length; unit += 1) {
    const place = places[unit] ?? size;
    const at = used[place] ?? 0;
    used[place] = at + 1;
    const part = parts[place];
    if (part === undefined) continue;
    for (let index = 0; index < columns.length; index += 1) {
      const column = part[index];
      if (column !== undefined) column[at] = columns[index]?.[unit] ?? NaN;
    }
  }
  return parts;
}

function addTo(moments: Segment['moments'], metric: MetricPlan, variantId: string, columns: Float64Array[]): void {
  const arms = moments.get(metric) ?? new Map<string, Moments>();
  moments.set(metric, arms);
  const held = arms.get(variantId) ?? emptyMoments(metric.dimensions);
  arms.set(variantId, mergeMoments(held, momentsFromValues(columns)));
}

function merged(one: Segment, other: Segment): Segment {
  const units = new Map(one.units);
  for (const [id, count] of other.units) units.set(id, (units.get(id) ?? 0) + count);
  const moments: Segment['moments'] = new Map();
  for (const [metric, arms] of [...one.moments, ...other.moments]) {
    const held = moments.get(metric) ?? new Map<string, Moments>();
    moments.set(metric, held);
    for (const [id, each] of arms) {
      const before = held.get(id);
      held.set(id, before === undefined ? each : mergeMoments(before, each));
    }
  }
  return { units, moments };
}
