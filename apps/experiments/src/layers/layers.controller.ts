import { createLayer, deleteLayer, listLayers, readLayer } from '@assay/contracts';
import { Endpoint, Input, type Call } from '@assay/platform';
import { Controller } from '@nestjs/common';
import { LayersService } from './layers.service.js';

@Controller()
export class LayersController {
  constructor(private readonly layers: LayersService) {}

  @Endpoint(listLayers)
  list(@Input() call: Call<typeof listLayers>) {
    return this.layers.list(call);
  }

  @Endpoint(createLayer)
  create(@Input() call: Call<typeof createLayer>) {
    return this.layers.create(call);
  }

  @Endpoint(readLayer)
  read(@Input() { scope, params }: Call<typeof readLayer>) {
    return this.layers.read(scope.projectId, params.id);
  }

  @Endpoint(deleteLayer)
  remove(@Input() call: Call<typeof deleteLayer>) {
    return this.layers.remove(call);
  }
}
