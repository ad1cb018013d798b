import { adapter as bayesian } from './adapter/bayesian.js';
import { adapter as cuped } from './adapter/cuped.js';
import { adapter as cupedRatio } from './adapter/cuped_ratio.js';
import { adapter as datasets } from './adapter/datasets.js';
import { adapter as distributions } from './adapter/distributions.js';
import { adapter as experimentInteraction } from './adapter/experiment_interaction.js';
import { adapter as factorial } from './adapter/factorial.js';
import { adapter as heterogeneity } from './adapter/heterogeneity.js';
import { adapter as meansWelch } from './adapter/means_welch.js';
import { adapter as multipleTesting } from './adapter/multiple_testing.js';
import { adapter as noninferiority } from './adapter/noninferiority.js';
import { adapter as novelty } from './adapter/novelty.js';
import { adapter as postStratification } from './adapter/post_stratification.js';
import { adapter as power } from './adapter/power.js';
import { adapter as proportions } from './adapter/proportions.js';
import { adapter as quantiles } from './adapter/quantiles.js';
import { adapter as ratio } from './adapter/ratio.js';
import { adapter as relativeLift } from './adapter/relative_lift.js';
import { adapter as sequentialAsymptoticCs } from './adapter/sequential_asymptotic_cs.js';
import { adapter as sequentialGroup } from './adapter/sequential_group.js';
import { adapter as sequentialMsprt } from './adapter/sequential_msprt.js';
import { adapter as srm } from './adapter/srm.js';
import { adapter as winsorization } from './adapter/winsorization.js';
import type { VectorAdapter } from './compare.js';

/** Vector files whose functions belong to another library. */
export const OF_OTHER_LIBRARIES: readonly string[] = ['bandits'];

/** The adapter of every vector file by its name. `bandits` belongs to another library. */
export const ADAPTERS: Readonly<Record<string, VectorAdapter>> = {
  bayesian,
  cuped,
  cuped_ratio: cupedRatio,
  datasets,
  distributions,
  experiment_interaction: experimentInteraction,
  factorial,
  heterogeneity,
  means_welch: meansWelch,
  multiple_testing: multipleTesting,
  noninferiority,
  novelty,
  post_stratification: postStratification,
  power,
  proportions,
  quantiles,
  ratio,
  relative_lift: relativeLift,
  sequential_asymptotic_cs: sequentialAsymptoticCs,
  sequential_group: sequentialGroup,
  sequential_msprt: sequentialMsprt,
  srm,
  winsorization,
};

/** Every function of every file, whose names are unique: for files of other names. */
export const EVERY_FUNCTION: VectorAdapter = Object.assign({}, ...Object.values(ADAPTERS)) as VectorAdapter;
