import { readFlagEvaluations } from '@assay/contracts';
import { Endpoint, Input, type Call } from '@assay/platform';
import { EntityManager } from '@mikro-orm/postgresql';
import { Controller } from '@nestjs/common';
import { FlagRepository } from '../definition/flag.repository.js';
import { EvaluationsRepository } from './evaluations.repository.js';

@Controller()
export class EvaluationsController {
  constructor(
    private readonly em: EntityManager,
    private readonly flags: FlagRepository,
    private readonly evaluations: EvaluationsRepository,
  ) {}

  @Endpoint(readFlagEvaluations)
  async read(@Input() { scope, params, query }: Call<typeof readFlagEvaluations>) {
    const em = this.em.fork();
    return this.evaluations.read(em, await this.flags.get(em, scope.projectId, params.id), query.days);
  }
}
