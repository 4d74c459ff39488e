/** Google's Pub/Sub emulator as the gcloud SDK installs it: cloud.google.com/pubsub/docs/emulator. It needs Java. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { access, realpath } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { createInterface } from "node:readline";

export interface Emulator {
  /** `127.0.0.1:8085` */
  readonly address: string;
  /** Ends its process. */
  readonly stop: () => Promise<void>;
}

/**
 * Where the emulator's start script is, beside gcloud, or what has to be installed first.
 * @param path folders to search for programs, as PATH has them
 */
export async function findPubSubEmulator(
  path: string,
): Promise<{ readonly script: string } | { readonly missing: string }> {
  const gcloud = await find("gcloud", path);
  if (gcloud === undefined) return { missing: "the gcloud CLI on PATH" };
  const sdk = dirname(dirname(await realpath(gcloud)));
  const script = join(sdk, "platform/pubsub-emulator/bin/cloud-pubsub-emulator");
  if (!(await exists(script))) {
    return { missing: "Google's Pub/Sub emulator: gcloud components install pubsub-emulator" };
  }
  return (await find("java", path)) === undefined ? { missing: "java on PATH" } : { script };
}

/** Starts the emulator on a port of loopback. Rejects with what it said when it ends before it listens. */
export async function startPubSubEmulator(script: string, port: number): Promise<Emulator> {
  // The script becomes the Java process, so that it is this child that has to end.
  const child = spawn(script, ["--host=127.0.0.1", `--port=${port}`], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const ended = once(child, "close");
  const said: string[] = [];
  const listening = Promise.withResolvers<boolean>();
  createInterface(child.stderr).on("line", (line) => {
    said.push(line);
    if (line.includes("Server started, listening on")) listening.resolve(true);
  });
  const isListening = await Promise.race([listening.promise, ended.then(() => false)]);
  if (!isListening) {
    throw new Error(`Google's Pub/Sub emulator did not start:\n${said.join("\n")}`);
  }
  return {
    address: `127.0.0.1:${port}`,
    stop: async () => {
      child.kill();
      await ended;
    },
  };
}

async function find(program: string, path: string): Promise<string | undefined> {
  for (const folder of path.split(delimiter)) {
    if (await exists(join(folder, program))) return join(folder, program);
  }
  return undefined;
}

function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
