/**
 * Loaded before every test. A connection beyond loopback fails, with the address that was asked for; so does a file, or
 * a run in one process, that leaves open what would keep a program from ending.
 */
import net from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import "./text-files.ts";

const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|::1|::ffff:127\.\d+\.\d+\.\d+)$/;

/** Longer than any connection is kept for a next request. */
const MAX_CLOSING_MS = 30_000;
const LOOKS_AGAIN_MS = 5;

// eslint-disable-next-line @typescript-eslint/unbound-method -- called below with its own `this`
const connect = net.Socket.prototype.connect;

net.Socket.prototype.connect = function (this: net.Socket, ...args: unknown[]): net.Socket {
  const host = hostOf(args);
  if (!LOOPBACK.test(host)) {
    throw new Error(`A test tried to connect to ${host}; tests stay on loopback.`);
  }
  return Reflect.apply(connect, this, args) as net.Socket;
};

let openBefore: readonly string[] = [];

/** Mocha runs these before all tests of a process; where files run in parallel, before each file's. */
export const mochaHooks = {
  async beforeAll(this: Mocha.Context): Promise<void> {
    openFromFirstUse();
    openBefore = await open();
    // The last of all hooks: files have their own beside the suites, which close what those opened.
    this.test?.parent?.afterAll("what is left open", leavesNothingOpen);
  },
};

async function leavesNothingOpen(this: Mocha.Context): Promise<void> {
  this.timeout(0);
  const latest = performance.now() + MAX_CLOSING_MS;
  let left = without(openBefore, await open());
  while (left.length > 0 && performance.now() < latest) {
    left = without(openBefore, await open());
  }
  if (left.length > 0) throw new Error(`The tests left open: ${left.join(", ")}`);
}

/** The first use, which else might be a test's. */
function openFromFirstUse(): readonly unknown[] {
  return [process.stdin, process.stdout, process.stderr];
}

/** What keeps this process running. Mocha's own timer, begun while a hook waits, is always among it. */
async function open(): Promise<readonly string[]> {
  await wait(LOOKS_AGAIN_MS);
  return process.getActiveResourcesInfo();
}

/** The resources but one for each of the known. */
function without(known: readonly string[], resources: readonly string[]): string[] {
  const rest = [...known];
  return resources.filter((resource) => {
    const at = rest.indexOf(resource);
    if (at >= 0) rest.splice(at, 1);
    return at < 0;
  });
}

/** The host of any form of connect: options, (port, host), (path), or Node's own array of these. */
function hostOf(args: readonly unknown[]): string {
  const [first, second] = Array.isArray(args[0]) ? (args[0] as unknown[]) : args;
  if (typeof first === "object" && first !== null) {
    const { host, path } = first as { host?: string; path?: string };
    return typeof path === "string" ? "localhost" : (host ?? "localhost");
  }
  const isPath = typeof first === "string" && !/^\d+$/.test(first);
  return !isPath && typeof second === "string" ? second : "localhost";
}
