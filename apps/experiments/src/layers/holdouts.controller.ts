import { createHoldout, listHoldouts, releaseHoldout } from '@assay/contracts';
import { Endpoint, Input, type Call } from '@assay/platform';
import { Controller } from '@nestjs/common';
import { HoldoutsService } from './holdouts.service.js';

@Controller()
export class HoldoutsController {
  constructor(private readonly holdouts: HoldoutsService) {}

  @Endpoint(listHoldouts)
  list(@Input() call: Call<typeof listHoldouts>) {
    return this.holdouts.list(call);
  }

  @Endpoint(createHoldout)
  create(@Input() call: Call<typeof createHoldout>) {
    return this.holdouts.create(call);
  }

  @Endpoint(releaseHoldout)
  release(@Input() call: Call<typeof releaseHoldout>) {
    return this.holdouts.release(call);
  }
}
