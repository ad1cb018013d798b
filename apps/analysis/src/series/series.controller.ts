import { readTimeSeries, type TimeSeries } from '@assay/contracts';
import { Endpoint, Input, type Call } from '@assay/platform';
import { Controller } from '@nestjs/common';
import { SeriesService } from './series.service.js';

@Controller()
export class SeriesController {
  constructor(private readonly series: SeriesService) {}

  @Endpoint(readTimeSeries)
  read(@Input() call: Call<typeof readTimeSeries>): Promise<TimeSeries> {
    return this.series.read(call.scope.projectId, call.params.id, call.query.metric);
  }
}
