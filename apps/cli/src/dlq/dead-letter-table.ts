import type { DeadLetter, DeadLetterWithPayload, Page } from '@assay/contracts';
import Table from 'cli-table3';

const HEAD = ['id', 'when', 'topic', 'place', 'group', 'tries', 'status', 'why'];
const WHY_CHARS = 80;

/** A page of dead letters as text. */
export function deadLetterTable({ items, total }: Page<DeadLetter>): string {
  if (items.length === 0) return 'No dead letters.';
  const table = new Table({ head: HEAD, style: { head: [], border: [] } });
  for (const letter of items) table.push(cells(letter));
  return `${table.toString()}\n${items.length} of ${total}. 'assay dlq show ID' prints the message.`;
}

const cells = ({ id, createdAt, topic, partition, offset, group, attempts, status, error, code }: DeadLetter) => [
  id,
  createdAt.slice(0, 19).replace('T', ' '),
  topic,
  `${partition}/${offset}`,
  group,
  attempts,
  status,
  shortened(code === null ? error : `${code}: ${error}`),
];

const shortened = (text: string): string => (text.length > WHY_CHARS ? `${text.slice(0, WHY_CHARS - 1)}…` : text);

/** One dead letter with everything that is known of it. */
export function deadLetterText(letter: DeadLetterWithPayload): string {
  const { topic, partition, offset, group, key, projectId, code, error, attempts, status, createdAt, payload } = letter;
  return [
    `Dead letter ${letter.id} (${status})`,
    `  topic    ${topic}, partition ${partition}, offset ${offset}`,
    `  group    ${group}, given up on at ${createdAt} after ${attempts} ${attempts === 1 ? 'try' : 'tries'}`,
    `  key      ${key ?? '(none)'}`,
    `  project  ${projectId ?? '(none)'}`,
    `  why      ${code === null ? '' : `${code}: `}${error}`,
    '',
    payload,
  ].join('\n');
}
