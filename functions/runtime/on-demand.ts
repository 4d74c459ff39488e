/**
 * An object that is made when something besides `known` is asked of it. For Request and Response: Node loads its fetch
 * with the first of them, which is a good part of a cold start, and most requests are answered without.
 */
export function onDemand<T extends object>(known: Partial<T>, make: () => T): T {
  let made: T | undefined;
  return new Proxy(known as T, {
    get: (_, key) => {
      if (Object.hasOwn(known, key)) return Reflect.get(known, key) as unknown;
      // Who awaits it looks whether it is a promise.
      if (key === "then") return undefined;
      made ??= make();
      const value: unknown = Reflect.get(made, key, made);
      // They look for their private members in `this`.
      return typeof value === "function" ? (value.bind(made) as unknown) : value;
    },
  });
}
