/** The ports on which a person reaches entry points: who else has them. */
import { UsageError } from "../../infra/commands/arguments.ts";
import type { Declared } from "../declared/declared.ts";
import type { OwnProgram } from "../own-program.ts";
import { runningClouds } from "../run-folder.ts";

type EntryPoints = Declared["entryPoints"];

/** Of the first entry point, unless told otherwise; the others follow it. */
export const FIRST_PORT = 8080;

const HTTP_PORT = 80;

/** Throws a UsageError for a program of the person's own that would have to listen where an entry point does. */
export function refuseOwnPorts(
  programs: Iterable<OwnProgram>,
  first: number,
  entryPoints: EntryPoints,
): void {
  for (const { option, name, url } of programs) {
    const port = Number(url.port || HTTP_PORT);
    const role = roleAt(port, first, entryPoints);
    if (role === undefined) continue;
    throw new UsageError(
      `${option} ${name}=${url.origin}: port ${port} is the local cloud's own, for ${role}. Let your program listen on another.`,
    );
  }
}

/** The sentence for a port that cannot be opened; undefined where the error is of something else. */
export async function portProblem(
  error: unknown,
  first: number,
  entryPoints: EntryPoints,
): Promise<string | undefined> {
  const { code, port } = error as NodeJS.ErrnoException & { readonly port?: number };
  if (port === undefined) return undefined;
  const role = roleAt(port, first, entryPoints);
  const what = `Port ${port}${role === undefined ? "" : `, for ${role},`}`;
  const choose = "with --port, or --port 0 for any free ones";
  if (code === "EACCES") {
    return `${what} is not yours to open. Choose a first port above 1023 ${choose}.`;
  }
  if (code !== "EADDRINUSE") return undefined;
  return `${what} is in use by ${await ownerOf(port)}. Stop that, or choose another first port ${choose}.`;
}

/** Entry points follow each other from the first port on; of free ones nothing is known before. */
function roleAt(port: number, first: number, entryPoints: EntryPoints): string | undefined {
  return first === 0 ? undefined : entryPoints[port - first]?.role;
}

async function ownerOf(port: number): Promise<string> {
  const owner = (await runningClouds()).find(({ ports }) => ports.includes(port));
  return owner === undefined
    ? "another program"
    : `the local cloud that process ${owner.pid} runs in ${owner.projectFolder}`;
}
