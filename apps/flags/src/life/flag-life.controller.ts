import { archiveFlag, cloneFlag, compareFlagRevisions, restoreFlagRevision, unarchiveFlag } from '@assay/contracts';
import { Endpoint, Input, type Call } from '@assay/platform';
import { Controller } from '@nestjs/common';
import { FlagLifeService } from './flag-life.service.js';

@Controller()
export class FlagLifeController {
  constructor(private readonly life: FlagLifeService) {}

  @Endpoint(cloneFlag)
  clone(@Input() call: Call<typeof cloneFlag>) {
    return this.life.clone(call);
  }

  @Endpoint(archiveFlag)
  archive(@Input() call: Call<typeof archiveFlag>) {
    return this.life.archive(call);
  }

  @Endpoint(unarchiveFlag)
  unarchive(@Input() call: Call<typeof unarchiveFlag>) {
    return this.life.unarchive(call);
  }

  @Endpoint(compareFlagRevisions)
  compare(@Input() call: Call<typeof compareFlagRevisions>) {
    return this.life.compare(call);
  }

  @Endpoint(restoreFlagRevision)
  restore(@Input() call: Call<typeof restoreFlagRevision>) {
    return this.life.restore(call);
  }
}
