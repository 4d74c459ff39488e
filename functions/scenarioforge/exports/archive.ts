// GET /runs/{run_id}/artifacts.zip: all that a run made.
import * as v from "valibot";
import { listArtifacts } from "../../scenarios/artifacts.ts";
import { ArtifactName, artifactPath } from "../../scenarios/paths.ts";
import type { Caller } from "../keys.ts";
import type { Ports } from "../ports.ts";
import { seenBy } from "../reads.ts";

/** A file of an archive. */
export interface ArchiveEntry {
  /** Below the one folder of the archive, which has the run's name. */
  readonly name: string;
  /** Asked for when its turn comes, so that one file at a time is in memory. */
  readonly read: () => Promise<Buffer>;
}

export interface Archive {
  readonly fileName: string;
  readonly entries: readonly ArchiveEntry[];
  /** Of all files. */
  readonly time: Date;
}

/** Names what the archive does not have: objects that others wrote, whose names no file of one may have. */
const LEFT_OUT = "_left_out.txt";

/** Takes two requests to Cloud Storage, and one for each artifact as it is read. */
export async function archiveOf(caller: Caller, runId: string, ports: Ports): Promise<Archive> {
  const { store, run } = await seenBy(caller, runId, ports);
  const names = await listArtifacts(store, runId);
  const leftOut = names.filter((name) => !isContained(name));
  const entries = names.filter(isContained).map((name) => ({
    name: `${runId}/${name}`,
    read: async () => {
      const stored = await store.get(artifactPath(runId, name));
      if (stored === undefined) throw new Error(`${name} went away while it was read.`);
      return stored.bytes;
    },
  }));
  const told = Buffer.from(leftOut.map((name) => `${JSON.stringify(name)}\n`).join(""));
  const note = { name: `${runId}/${LEFT_OUT}`, read: () => Promise.resolve(told) };
  return {
    fileName: `${runId}-artifacts.zip`,
    entries: leftOut.length === 0 ? entries : [...entries, note],
    time: timeOf(run.completed_at ?? run.created_at ?? ""),
  };
}

/** No file of Windows is called so, with whatever ending (learn.microsoft.com/windows/win32/fileio/naming-a-file). */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

/** Such a name leads nowhere but below the folder it is unpacked in, whichever system does it. */
function isContained(name: string): boolean {
  return name
    .split("/")
    .every((part) => v.is(ArtifactName, part) && !part.endsWith(".") && !DEVICE.test(part));
}

/** The least that a zip can say where others wrote no time. */
function timeOf(written: string): Date {
  const time = Date.parse(written);
  const least = Date.UTC(1980, 0, 2);
  const most = Date.UTC(2107, 11, 30);
  return new Date(time >= least && time <= most ? time : least);
}
