import { readFlagPropagation } from '@assay/contracts';
import { Endpoint, Input, type Call } from '@assay/platform';
import { Controller } from '@nestjs/common';
import { Propagation } from './propagation.service.js';

@Controller()
export class PropagationController {
  constructor(private readonly propagation: Propagation) {}

  @Endpoint(readFlagPropagation)
  read(@Input() call: Call<typeof readFlagPropagation>) {
    return this.propagation.read(call);
  }
}
