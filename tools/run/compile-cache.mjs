// Keeps what V8 compiled for the next start, which is then half a second quicker. Where nothing can be written, nothing is kept.
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

enableCompileCache(join(import.meta.dirname, '..', '..', 'node_modules', '.cache', 'compiled'));
