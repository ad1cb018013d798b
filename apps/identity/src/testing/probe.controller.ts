import { Unprotected } from '@assay/auth';
import { defineRoute } from '@assay/contracts';
import { Endpoint, Input, type Authenticated, type Call } from '@assay/platform';
import { Controller, Get } from '@nestjs/common';

const probe = { tag: 'Probe', summary: '', method: 'GET', success: { status: 200 } } as const;

export const probeEnvironment = defineRoute({
  ...probe,
  id: 'probeEnvironment',
  path: '/api/v1/probe/environment',
  access: 'feature_flag:evaluate',
  scope: 'environment',
});

export const probeProject = defineRoute({
  ...probe,
  id: 'probeProject',
  path: '/api/v1/probe/project',
  access: 'experiment:read',
  scope: 'project',
});

/** Calls of every kind of access and scope, to look at what the guard makes of a request. */
@Controller()
export class ProbeController {
  @Endpoint(probeEnvironment)
  environment(@Input() call: Call<typeof probeEnvironment>): object {
    return seen(call);
  }

  @Endpoint(probeProject)
  project(@Input() call: Call<typeof probeProject>): object {
    return seen(call);
  }

  /** Somebody forgot to say who may call this. */
  @Get('/api/v1/probe/bare')
  bare(): object {
    return { reached: true };
  }

  @Unprotected()
  @Get('/api/v1/probe/open')
  open(): object {
    return { reached: true };
  }
}

function seen({ actor, scope }: Authenticated): object {
  return { kind: actor.kind, name: actor.name, project: scope.projectKey, environment: scope.environmentKey };
}
