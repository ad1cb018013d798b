import { Migration } from '@mikro-orm/migrations';

/** The records of a log row are compressed by who writes them, so the server need not try it again. */
export class Migration0007LogPayload extends Migration {
  override up(): void {
    this.addSql(`
      alter table experimentation.log_batches
        alter column payload type bytea using convert_to(payload, 'UTF8'),
        alter column payload set storage external`);
  }
}
