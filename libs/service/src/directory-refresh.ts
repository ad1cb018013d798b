import { Directory } from '@assay/auth';
import { identityChanged } from '@assay/contracts';
import { LogTail } from '@assay/messaging';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';

/** Lets the guard of this process know at once what another process has changed, rather than when its cache runs out. */
@Injectable()
export class DirectoryRefresh implements OnApplicationBootstrap {
  constructor(
    private readonly tail: LogTail,
    private readonly directory: Directory,
  ) {}

  onApplicationBootstrap(): void {
    // Not awaited: the process starts without the log as well, the cache's own time limit holds meanwhile.
    void this.tail.subscribe(identityChanged, ({ data }) => this.directory.forget(data));
  }
}
