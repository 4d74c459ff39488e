/** The program as a test sees it: recorded for the dev stack, or for that stack with other values. */
import { parseConfig, type PlatformConfig } from "../../infra/config.ts";
import { readStackFile } from "../../infra/stack-file.ts";
import { record, type Recording, type Registration } from "../../local/record.ts";

/** The dev stack's config with some values replaced; keys as in the stack file. */
export function devConfig(changes: Readonly<Record<string, unknown>> = {}): PlatformConfig {
  return parseConfig({ ...readStackFile("dev"), ...changes });
}

/** Records the dev stack with some values replaced. */
export function recorded(changes: Readonly<Record<string, unknown>> = {}): Promise<Recording> {
  return record(devConfig(changes), "dev");
}

/** The one resource of a type with these inputs; a test that finds none or several fails. */
export function resource(
  { registrations }: Recording,
  type: string,
  inputs: Readonly<Record<string, unknown>>,
): Registration {
  const found = registrations.filter(
    (registration) =>
      registration.type === type &&
      Object.entries(inputs).every(([key, value]) => registration.inputs[key] === value),
  );
  const [only] = found;
  if (only === undefined || found.length > 1) {
    throw new Error(`${found.length} resources of ${type} with ${JSON.stringify(inputs)}`);
  }
  return only;
}
