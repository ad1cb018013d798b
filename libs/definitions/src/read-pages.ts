const PAGE = 500;

/** All rows in the order of their ids, a page at a time. */
export async function* readPages<T extends { id: string }>(
  read: (after: string | undefined, limit: number) => Promise<readonly T[]>,
): AsyncGenerator<T> {
  for (let after: string | undefined; ;) {
    const page = await read(after, PAGE);
    yield* page;
    if (page.length < PAGE) return;
    after = page.at(-1)?.id;
  }
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Filter for `{id}` of the interface: a UUID may be an id, anything may be a key. */
export function whereIdOrKey(projectId: string, idOrKey: string) {
  return UUID.test(idOrKey)
    ? { project: projectId, $or: [{ id: idOrKey.toLowerCase() }, { key: idOrKey }] }
    : { project: projectId, key: idOrKey };
}
