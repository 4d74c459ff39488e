import { cp, mkdir, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { bundle } from "../../infra/bundle/bundle.ts";

const ROOT = path.join(import.meta.dirname, "../..");

const INDEX = `
import { serve } from "../runtime/process/serve.ts";
import { fail } from "./fail.ts";

if (process.env.FAULT === "import") fail("at import");

serve({
  role: "faulty",
  routes: {
    "/throw": {
      maxBodyBytes: 100,
      handle: async () => fail("on request"),
    },
    "/reject": {
      maxBodyBytes: 100,
      handle: () => {
        void (async () => fail("in passing"))();
        return new Promise(() => undefined);
      },
    },
  },
});
`;

const FAIL = `interface Fault {
  readonly when: string;
}

export function fail(when: string): never {
  const fault: Fault = { when };
  throw new Error("failed " + fault.when);
}
`;

/** Where the role fails: the line of `new Error` in its source. */
export const FAULT = "functions/faulty/fail.ts:7:9";

/** Bundles, below `folder`, a role that throws at `/throw`, rejects at `/reject`, and fails to load with FAULT=import. */
export async function bundleFaulty(folder: string): Promise<string> {
  const functions = path.join(folder, "functions");
  await mkdir(path.join(functions, "faulty"), { recursive: true });
  await Promise.all([
    cp(path.join(ROOT, "functions/runtime"), path.join(functions, "runtime"), { recursive: true }),
    writeFile(path.join(functions, "faulty/index.ts"), INDEX),
    writeFile(path.join(functions, "faulty/fail.ts"), FAIL),
    cp(path.join(ROOT, "package-lock.json"), path.join(folder, "package-lock.json")),
    symlink(path.join(ROOT, "node_modules"), path.join(folder, "node_modules")),
  ]);
  return (await bundle("faulty", { root: folder })).folder;
}
