import { cancelFlagSchedule, createFlagRamp, createFlagSchedule, listFlagSchedules } from '@assay/contracts';
import { Endpoint, Input, type Call } from '@assay/platform';
import { Controller } from '@nestjs/common';
import { SchedulesService } from './schedules.service.js';

@Controller()
export class SchedulesController {
  constructor(private readonly schedules: SchedulesService) {}

  @Endpoint(createFlagSchedule)
  create(@Input() call: Call<typeof createFlagSchedule>) {
    return this.schedules.create(call);
  }

  @Endpoint(createFlagRamp)
  ramp(@Input() call: Call<typeof createFlagRamp>) {
    return this.schedules.ramp(call);
  }

  @Endpoint(listFlagSchedules)
  list(@Input() call: Call<typeof listFlagSchedules>) {
    return this.schedules.list(call);
  }

  @Endpoint(cancelFlagSchedule)
  cancel(@Input() call: Call<typeof cancelFlagSchedule>) {
    return this.schedules.cancel(call);
  }
}
