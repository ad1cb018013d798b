/** The enumerations of experiments, by their names in the models overview. */
export const EXPERIMENT_STATUSES = ['DRAFT', 'ACTIVE', 'PAUSED', 'COMPLETED', 'ARCHIVED'] as const;
export type ExperimentStatus = (typeof EXPERIMENT_STATUSES)[number];

export const EXPERIMENT_TYPES = ['A_B', 'MULTIVARIATE', 'SPLIT_URL', 'BANDIT'] as const;
export type ExperimentType = (typeof EXPERIMENT_TYPES)[number];

/** What kind of quantity a metric is. */
export const METRIC_TYPES = ['CONVERSION', 'REVENUE', 'COUNT', 'DURATION', 'CUSTOM'] as const;
export type MetricType = (typeof METRIC_TYPES)[number];

/** How a unit's events become the unit's value. */
export const AGGREGATIONS = [
  'exists',
  'count',
  'sum',
  'average',
  'min',
  'max',
  'first',
  'last',
  'distinct',
  'ratio',
  'quantile',
  'funnel',
] as const;
export type Aggregation = (typeof AGGREGATIONS)[number];

/** What a metric is for: to be moved, to be watched, or not to be harmed. */
export const METRIC_ROLES = ['goal', 'secondary', 'guardrail'] as const;
export type MetricRole = (typeof METRIC_ROLES)[number];

export const CORRECTIONS = ['none', 'bonferroni', 'holm', 'hochberg', 'bh', 'by'] as const;
export const SEQUENTIAL_METHODS = [
  'none',
  'asymptotic-cs',
  'msprt',
  'obrien-fleming',
  'pocock',
  'haybittle-peto',
] as const;
/** Which view of the same numbers is shown first and decides; a sequential method decides for `frequentist`. */
export const ANALYSIS_ENGINES = ['frequentist', 'bayesian'] as const;
/** `one-sided` tests for an improvement, in the direction that the metric prefers. */
export const ANALYSIS_ALTERNATIVES = ['two-sided', 'one-sided'] as const;
/** What a quantile metric ranks: every event, or one sum per unit. */
export const QUANTILE_BASES = ['event', 'unit'] as const;
export const BANDIT_ALGORITHMS = ['thompson', 'top-two', 'epsilon-greedy', 'ucb1'] as const;
export const DECISIONS = ['ship', 'rollback', 'inconclusive'] as const;
export const TRANSITIONS = ['start', 'pause', 'resume', 'complete', 'archive'] as const;
export type Transition = (typeof TRANSITIONS)[number];

/** What a revision may record. `unscheduled`: a planned start was not possible, and the date was taken away. */
export const REVISION_CHANGES = [
  'created',
  'cloned',
  'updated',
  'amended',
  'started',
  'paused',
  'resumed',
  'completed',
  'archived',
  'unscheduled',
] as const;
export type RevisionChange = (typeof REVISION_CHANGES)[number];
