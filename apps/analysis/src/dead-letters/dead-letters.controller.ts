import {
  discardDeadLetter,
  listDeadLetters,
  readDeadLetter,
  replayDeadLetter,
  type DeadLetter,
  type DeadLetterWithPayload,
  type Page,
} from '@assay/contracts';
import { Endpoint, Input, type Call } from '@assay/platform';
import { Controller } from '@nestjs/common';
import { DeadLettersService } from './dead-letters.service.js';

@Controller()
export class DeadLettersController {
  constructor(private readonly letters: DeadLettersService) {}

  @Endpoint(listDeadLetters)
  list(@Input() call: Call<typeof listDeadLetters>): Promise<Page<DeadLetter>> {
    return this.letters.page(call.scope.projectId, call.query);
  }

  @Endpoint(readDeadLetter)
  read(@Input() call: Call<typeof readDeadLetter>): Promise<DeadLetterWithPayload> {
    return this.letters.read(call.scope.projectId, call.params.id);
  }

  @Endpoint(replayDeadLetter)
  replay(@Input() call: Call<typeof replayDeadLetter>): Promise<DeadLetter> {
    return this.letters.replay(call, call.params.id);
  }

  @Endpoint(discardDeadLetter)
  discard(@Input() call: Call<typeof discardDeadLetter>): Promise<DeadLetter> {
    return this.letters.discard(call, call.params.id);
  }
}
