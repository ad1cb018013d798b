import {
  createApiKey,
  getApiKey,
  listApiKeys,
  revokeApiKey,
  updateApiKey,
  type ApiKey,
  type CreatedApiKey,
  type Page,
} from '@assay/contracts';
import { Endpoint, Input, type Call } from '@assay/platform';
import { Controller, Header } from '@nestjs/common';
import { ApiKeysService } from './api-keys.service.js';

@Controller()
export class ApiKeysController {
  constructor(private readonly keys: ApiKeysService) {}

  @Endpoint(listApiKeys)
  list(@Input() call: Call<typeof listApiKeys>): Promise<Page<ApiKey>> {
    return this.keys.list(call, call.query);
  }

  @Endpoint(createApiKey)
  @Header('cache-control', 'no-store')
  create(@Input() call: Call<typeof createApiKey>): Promise<CreatedApiKey> {
    return this.keys.create(call, call.body);
  }

  @Endpoint(getApiKey)
  get(@Input() call: Call<typeof getApiKey>): Promise<ApiKey> {
    return this.keys.get(call, call.params.id);
  }

  @Endpoint(updateApiKey)
  update(@Input() call: Call<typeof updateApiKey>): Promise<ApiKey> {
    return this.keys.update(call, call.params.id, call.ifMatch, call.body);
  }

  @Endpoint(revokeApiKey)
  revoke(@Input() call: Call<typeof revokeApiKey>): Promise<void> {
    return this.keys.revoke(call, call.params.id, call.ifMatch);
  }
}
