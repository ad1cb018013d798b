import type { ColumnAggregation } from './metric-spec.js';
import type { SurveyedDimension } from './survey.js';

export interface PlannedMetric {
  readonly column: string;
  readonly index: number;
  readonly aggregation: ColumnAggregation;
  readonly eventName: string;
}

/** How rows become events: which column is what. */
export interface ImportPlan {
  readonly experiment: string;
  readonly unitColumn: string;
  readonly unitIndex: number;
  readonly variantColumn: string;
  readonly variantIndex: number;
  /** From the value in the file to the variant's key. */
  readonly variantKeys: ReadonlyMap<string, string>;
  readonly timeColumn: string | undefined;
  readonly timeIndex: number | undefined;
  readonly metrics: readonly PlannedMetric[];
  /** Attributes of the unit that go along with its exposure. */
  readonly dimensions: readonly SurveyedDimension[];
}

/** The event a column's cells become; named after experiment and column, so that two imports do not mix. */
export const eventNameOf = (experiment: string, column: string): string => `${experiment}.${column}`.slice(0, 200);
