import { AppError, type CompleteExperiment, type Decision, type SettledExperiment } from '@assay/contracts';

/**
 * The decision that ends an experiment, with its winner: `ship` takes the only variant beside the control for granted.
 *
 * @throws AppError `validation_failed` when the winner is missing, unknown or out of place
 */
export function decisionOf(input: CompleteExperiment, { variants }: Pick<SettledExperiment, 'variants'>): Decision {
  const { decision, reason } = input;
  const treatments = variants.filter(({ isControl }) => !isControl).map(({ key }) => key);
  const winner = input.winner ?? (decision === 'ship' && treatments.length === 1 ? (treatments[0] ?? null) : null);
  if (winner !== null && !variants.some(({ key }) => key === winner)) {
    throw AppError.field('winner', `must be the key of a variant: ${variants.map(({ key }) => key).join(', ')}`);
  }
  if (decision === 'ship' && winner === null)
    throw AppError.field('winner', `must name the variant to ship: ${treatments.join(', ')}`);
  if (decision === 'rollback' && winner !== null && treatments.includes(winner))
    throw AppError.field('winner', 'of a rollback is the control: name it, or leave winner out');
  if (decision === 'inconclusive' && winner !== null)
    throw AppError.field('winner', 'must be left out when nothing was decided');
  return { decision, winner, reason };
}
