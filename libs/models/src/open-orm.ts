import { MikroORM } from '@mikro-orm/postgresql';
import { ormOptions, type OrmOptions } from './orm-options.js';

/** Connects MikroORM with the options of `ormOptions`. The caller closes it; every unit of work takes `orm.em.fork()`. */
export function openOrm(options: OrmOptions): Promise<MikroORM> {
  return MikroORM.init(ormOptions(options));
}
