import { Collection, Reference, ReferenceKind, wrap, type EntityProperty } from '@mikro-orm/core';

/** An entity as JSON would print it: strings, numbers, booleans, nulls, arrays and objects. */
export type PlainObject = Record<string, unknown>;

/**
 * Copies an entity into a plain object with camelCase keys.
 *
 * Times become RFC 3339 strings. A to-one relation leaves its id as `<relation>Id`, and its whole content under its own
 * name only when it is loaded; a collection appears only when it is loaded. Hidden columns are left out. Where loaded
 * relations lead back to an entity that is already being printed, its id stands for it. JSON values are copied, so that
 * a later change of the entity does not reach what was printed before (the audit log keeps both).
 */
export function toPlain(entity: object, printing: readonly object[] = []): PlainObject {
  const plain: PlainObject = {};
  const path = [...printing, entity];
  for (const property of wrap(entity, true).__meta.props) {
    if (property.hidden) continue;
    Object.assign(plain, plainProperty(property, Reflect.get(entity, property.name), path));
  }
  return plain;
}

function plainProperty({ name, kind }: EntityProperty, value: unknown, path: readonly object[]): PlainObject {
  if (value === undefined) return {};
  if (value instanceof Collection) {
    return value.isInitialized() ? { [name]: value.getItems().map((item: object) => plainItem(item, path)) } : {};
  }
  if (kind === ReferenceKind.SCALAR) return { [name]: plainScalar(value) };
  if (typeof value !== 'object' || value === null) return { [`${name}Id`]: value };

  const target: object = Reference.isReference(value) ? value.unwrap() : value;
  const id = { [`${name}Id`]: wrap(target, true).getPrimaryKey() };
  const printable = wrap(target).isInitialized() && !path.includes(target);
  return printable ? { ...id, [name]: toPlain(target, path) } : id;
}

function plainScalar(value: unknown): unknown {
  return value instanceof Date ? value.toISOString() : structuredClone(value);
}

function plainItem(item: object, path: readonly object[]): PlainObject {
  return path.includes(item) ? { id: wrap(item, true).getPrimaryKey() } : toPlain(item, path);
}
