import type { ListQuery, ListedObject, RunStore } from "./run-store.ts";

/** All objects of a folder, page by page. */
export async function everything(store: RunStore, query: ListQuery): Promise<ListedObject[]> {
  const objects: ListedObject[] = [];
  let token: string | undefined;
  do {
    const page = await store.list({ ...query, ...(token !== undefined && { token }) });
    objects.push(...page.objects);
    token = page.token;
  } while (token !== undefined);
  return objects;
}
