import { createSegment, deleteSegment, listSegments, readSegment, updateSegment } from '@assay/contracts';
import { Endpoint, Input, type Call } from '@assay/platform';
import { Controller } from '@nestjs/common';
import { SegmentsService } from './segments.service.js';

@Controller()
export class SegmentsController {
  constructor(private readonly segments: SegmentsService) {}

  @Endpoint(listSegments)
  list(@Input() call: Call<typeof listSegments>) {
    return this.segments.list(call);
  }

  @Endpoint(createSegment)
  create(@Input() call: Call<typeof createSegment>) {
    return this.segments.create(call);
  }

  @Endpoint(readSegment)
  read(@Input() { scope, params }: Call<typeof readSegment>) {
    return this.segments.read(scope.projectId, params.id);
  }

  @Endpoint(updateSegment)
  update(@Input() call: Call<typeof updateSegment>) {
    return this.segments.update(call);
  }

  @Endpoint(deleteSegment)
  remove(@Input() call: Call<typeof deleteSegment>) {
    return this.segments.remove(call);
  }
}
