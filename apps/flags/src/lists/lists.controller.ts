import {
  changeListMembers,
  createList,
  deleteList,
  listLists,
  readList,
  readListMembers,
  updateList,
} from '@assay/contracts';
import { Endpoint, Input, type Call } from '@assay/platform';
import { Controller } from '@nestjs/common';
import { ListsService } from './lists.service.js';
import { MembersService } from './members.service.js';

@Controller()
export class ListsController {
  constructor(
    private readonly lists: ListsService,
    private readonly members: MembersService,
  ) {}

  @Endpoint(listLists)
  list(@Input() call: Call<typeof listLists>) {
    return this.lists.list(call);
  }

  @Endpoint(createList)
  create(@Input() call: Call<typeof createList>) {
    return this.lists.create(call);
  }

  @Endpoint(readList)
  read(@Input() { scope, params }: Call<typeof readList>) {
    return this.lists.read(scope.projectId, params.id);
  }

  @Endpoint(updateList)
  update(@Input() call: Call<typeof updateList>) {
    return this.lists.update(call);
  }

  @Endpoint(deleteList)
  remove(@Input() call: Call<typeof deleteList>) {
    return this.lists.remove(call);
  }

  @Endpoint(readListMembers)
  readMembers(@Input() call: Call<typeof readListMembers>) {
    return this.members.page(call);
  }

  @Endpoint(changeListMembers)
  changeMembers(@Input() call: Call<typeof changeListMembers>) {
    return this.members.change(call);
  }
}
