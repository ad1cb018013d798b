import { EXPOSURE, type EventInput } from '@assay/contracts';
import { readCell } from './cell.js';
import { contentId, type Occurrences } from './event-id.js';
import { FIXED_MOMENT, parseTime } from './parse-time.js';
import type { ImportPlan } from './import-plan.js';

/** A row that cannot be used, and why. */
export interface RowFault {
  readonly column: string;
  readonly message: string;
}

/**
 * The exposure of a row's unit and the events of its metrics. Ids are made of the content, so that the same file, sent any
 * number of times, is one import; the time is part of them, so that of two exposures of a unit both are stored and the
 * earlier one counts.
 */
export function rowEvents(row: readonly string[], plan: ImportPlan, occurrences: Occurrences): EventInput[] | RowFault {
  const unit = (row[plan.unitIndex] ?? '').trim();
  if (unit === '') return { column: plan.unitColumn, message: 'is empty' };
  const seen = (row[plan.variantIndex] ?? '').trim();
  const variant = plan.variantKeys.get(seen);
  if (variant === undefined)
    return { column: plan.variantColumn, message: `'${seen}' is no variant of the experiment` };
  const moment = momentOf(row, plan);
  if (typeof moment === 'object') return moment;
  const timestamp = new Date(moment).toISOString();
  const experiment = plan.experiment;
  const time = plan.timeIndex === undefined ? '' : moment;
  const events: EventInput[] = [
    {
      id: contentId([experiment, EXPOSURE, unit, variant, time]),
      eventType: EXPOSURE,
      userId: unit,
      timestamp,
      experiment,
      variant,
      ...attributesOf(row, plan),
    },
  ];
  for (const metric of plan.metrics) {
    const cell = readCell(row[metric.index] ?? '', metric.aggregation);
    if ('unreadable' in cell) return { column: metric.column, message: cell.unreadable };
    if (!cell.event) continue;
    const content = contentId([experiment, metric.eventName, unit, time, cell.value ?? '']);
    const again = occurrences.next(content);
    const id = again === 0 ? content : contentId([content, again]);
    events.push({
      id,
      eventType: metric.eventName,
      userId: unit,
      timestamp,
      ...(cell.value === undefined ? {} : { value: cell.value }),
    });
  }
  return events;
}

/** What was known of the unit before it saw anything; an empty cell is not known. */
function attributesOf(row: readonly string[], { dimensions }: ImportPlan): Pick<EventInput, 'metadata'> {
  const known = dimensions.flatMap(({ column, index }) => {
    const value = (row[index] ?? '').trim();
    return value === '' ? [] : [[column, value] as const];
  });
  return known.length === 0 ? {} : { metadata: Object.fromEntries(known) };
}

function momentOf(row: readonly string[], plan: ImportPlan): number | RowFault {
  if (plan.timeIndex === undefined) return FIXED_MOMENT;
  const text = row[plan.timeIndex] ?? '';
  return (
    parseTime(text) ?? { column: plan.timeColumn ?? '', message: `'${text}' is not a time such as 2017-01-21 22:11:48` }
  );
}
