/** How many calls to GitHub are made at once for one delivery. */
export const AT_ONCE = 10;

/** Calls GitHub for each of them, so many at once. Throws once a group is over of which one failed. */
export async function inGroups<T>(
  all: readonly T[],
  call: (each: T) => Promise<void>,
): Promise<void> {
  for (let at = 0; at < all.length; at += AT_ONCE) {
    const ended = await Promise.allSettled(all.slice(at, at + AT_ONCE).map(call));
    const failed = ended.find(({ status }) => status === "rejected");
    if (failed?.status === "rejected") throw failed.reason;
  }
}
