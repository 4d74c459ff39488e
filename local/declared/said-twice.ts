/** Things of one name: the first would be made, and Google would refuse the second. */
import type { Common, Slice } from "../google/service.ts";

/** A sentence for each name that several things of one noun have. */
export function saidTwice(
  slices: Readonly<Record<string, Slice>>,
  { services, serviceAccounts }: Pick<Common, "services" | "serviceAccounts">,
): readonly string[] {
  return [
    ...twice(
      "service",
      services.map(({ name }) => name),
    ),
    ...twice(
      "service account",
      serviceAccounts.map(({ email }) => email),
    ),
    ...Object.values(slices)
      .flatMap((slice) => Object.entries(slice))
      .flatMap(([noun, items]) =>
        twice(
          noun,
          items.map(({ name }) => name),
        ),
      ),
  ];
}

function twice(noun: string, names: readonly string[]): readonly string[] {
  const again = names.filter((name, index) => names.indexOf(name) < index);
  return [...new Set(again)].map((name) => `The program declares the ${noun} ${name} twice.`);
}
