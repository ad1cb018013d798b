import { replayRejectedEvents } from '@assay/contracts';
import { Endpoint, Input, type Call } from '@assay/platform';
import { Controller } from '@nestjs/common';
import { ReplayService } from './replay.service.js';

@Controller()
export class ReplayController {
  constructor(private readonly replays: ReplayService) {}

  @Endpoint(replayRejectedEvents)
  replay(@Input() call: Call<typeof replayRejectedEvents>) {
    return this.replays.replay(call.scope, call.body);
  }
}
