import { createUser, deleteUser, getUser, listUsers, updateUser, type Page, type User } from '@assay/contracts';
import { Endpoint, Input, type Call } from '@assay/platform';
import { Controller } from '@nestjs/common';
import { UsersService } from './users.service.js';

@Controller()
export class UsersController {
  constructor(private readonly users: UsersService) {}

  @Endpoint(listUsers)
  list(@Input() call: Call<typeof listUsers>): Promise<Page<User>> {
    return this.users.list(call.query);
  }

  @Endpoint(createUser)
  create(@Input() call: Call<typeof createUser>): Promise<User> {
    return this.users.create(call, call.body);
  }

  @Endpoint(getUser)
  get(@Input() call: Call<typeof getUser>): Promise<User> {
    return this.users.get(call.params.id);
  }

  @Endpoint(updateUser)
  update(@Input() call: Call<typeof updateUser>): Promise<User> {
    return this.users.update(call, call.params.id, call.ifMatch, call.body);
  }

  @Endpoint(deleteUser)
  remove(@Input() call: Call<typeof deleteUser>): Promise<void> {
    return this.users.remove(call, call.params.id, call.ifMatch);
  }
}
