import { listExperimentMetrics, listMetrics } from '@assay/contracts';
import { Endpoint, Input, type Call } from '@assay/platform';
import { Controller } from '@nestjs/common';
import { MetricsReadModel } from './metrics.read-model.js';

@Controller()
export class MetricsController {
  constructor(private readonly metrics: MetricsReadModel) {}

  @Endpoint(listExperimentMetrics)
  ofExperiment(@Input() call: Call<typeof listExperimentMetrics>) {
    return this.metrics.ofExperiment(call);
  }

  @Endpoint(listMetrics)
  list(@Input() call: Call<typeof listMetrics>) {
    return this.metrics.list(call);
  }
}
