import { createFlag, deleteFlag, listFlags, readFlag, updateFlag } from '@assay/contracts';
import { Endpoint, Input, type Call } from '@assay/platform';
import { Controller } from '@nestjs/common';
import { FlagsService } from './flags.service.js';

@Controller()
export class FlagsController {
  constructor(private readonly flags: FlagsService) {}

  @Endpoint(createFlag)
  create(@Input() call: Call<typeof createFlag>) {
    return this.flags.create(call);
  }

  @Endpoint(listFlags)
  list(@Input() call: Call<typeof listFlags>) {
    return this.flags.list(call);
  }

  @Endpoint(readFlag)
  read(@Input() { scope, params }: Call<typeof readFlag>) {
    return this.flags.read(scope.projectId, params.id);
  }

  @Endpoint(updateFlag)
  update(@Input() call: Call<typeof updateFlag>) {
    return this.flags.update(call);
  }

  @Endpoint(deleteFlag)
  remove(@Input() call: Call<typeof deleteFlag>) {
    return this.flags.remove(call);
  }
}
