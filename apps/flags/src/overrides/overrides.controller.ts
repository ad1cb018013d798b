import {
  createFlagOverride,
  deleteFlagOverride,
  listFlagOverrides,
  readFlagOverride,
  updateFlagOverride,
} from '@assay/contracts';
import { Endpoint, Input, type Call } from '@assay/platform';
import { Controller } from '@nestjs/common';
import { OverridesService } from './overrides.service.js';

@Controller()
export class OverridesController {
  constructor(private readonly overrides: OverridesService) {}

  @Endpoint(listFlagOverrides)
  list(@Input() call: Call<typeof listFlagOverrides>) {
    return this.overrides.list(call);
  }

  @Endpoint(createFlagOverride)
  create(@Input() call: Call<typeof createFlagOverride>) {
    return this.overrides.create(call);
  }

  @Endpoint(readFlagOverride)
  read(@Input() call: Call<typeof readFlagOverride>) {
    return this.overrides.read(call);
  }

  @Endpoint(updateFlagOverride)
  update(@Input() call: Call<typeof updateFlagOverride>) {
    return this.overrides.update(call);
  }

  @Endpoint(deleteFlagOverride)
  remove(@Input() call: Call<typeof deleteFlagOverride>) {
    return this.overrides.remove(call);
  }
}
