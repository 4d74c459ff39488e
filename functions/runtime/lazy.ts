/**
 * Makes a value at first use and keeps it for the life of the process. A failed attempt is forgotten, so that the next
 * use tries again: an instance must not stay broken because the metadata server was late once.
 */
export function lazy<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}
