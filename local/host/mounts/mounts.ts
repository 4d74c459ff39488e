/** The mounts of one instance. */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Send } from "../../http/message.ts";
import type { Log } from "../../log.ts";
import type { ServiceSpec } from "../spec.ts";
import { MountedBucket } from "./mounted-bucket.ts";
import { objectsOf } from "./objects.ts";
import { unlock } from "./unlock.ts";

/** How often folders are looked at, in milliseconds of wall time: a role's files are in its own time. */
const LOOK_MS = 100;

export interface Mounts {
  /** A text of the container as it is here: one that is a path of a mount, or begins with one, leads to its folder. */
  readonly placed: (text: string) => string;
  /** Writes back what is left, and removes the folders. */
  readonly end: () => Promise<void>;
}

/** Mounts what a service declares, for one instance. Rejects where a bucket cannot be mounted. */
export type MountAll = (spec: ServiceSpec) => Promise<Mounts>;

export interface MountOptions {
  /** Reaches Cloud Storage. */
  readonly send: Send;
  /** An access token of an account. */
  readonly token: (email: string) => string;
  /** Where the folders are made. */
  readonly folder: string;
  readonly log: Log;
}

const NONE: Mounts = { placed: (text) => text, end: () => Promise.resolve() };

export function mountAll({ send, token, folder, log }: MountOptions): MountAll {
  return async ({ name, role, serviceAccount, mounts = [] }) => {
    if (mounts.length === 0) return NONE;
    const root = await mkdtemp(join(folder, `${name}-`));
    const opened: MountedBucket[] = [];
    try {
      for (const [index, mount] of mounts.entries()) {
        const own = join(root, String(index));
        await mkdir(own);
        opened.push(
          await MountedBucket.open({
            mount,
            objects: objectsOf(mount.bucket, send, () => token(serviceAccount)),
            folder: own,
            log: (severity, message) =>
              log({ source: role, severity, message: `${name}: ${message}` }),
          }),
        );
      }
    } catch (error) {
      await remove(root);
      throw error;
    }
    return running(root, opened);
  };
}

function running(root: string, buckets: readonly MountedBucket[]): Mounts {
  let looking = Promise.resolve();
  const writeBack = (now: number): Promise<void> => {
    looking = looking.then(async () => {
      for (const bucket of buckets) await bucket.writeBack(now);
    });
    return looking;
  };
  let isLooking = false;
  const timer = setInterval(() => {
    if (isLooking) return;
    isLooking = true;
    void writeBack(Date.now()).finally(() => (isLooking = false));
  }, LOOK_MS).unref();
  return {
    placed: (text) => {
      const bucket = buckets.find(({ path }) => text === path || text.startsWith(`${path}/`));
      return bucket === undefined ? text : `${bucket.folder}${text.slice(bucket.path.length)}`;
    },
    end: async () => {
      clearInterval(timer);
      await writeBack(Infinity);
      await remove(root);
    },
  };
}

/** What cannot be removed now goes with the local cloud's own folder. */
async function remove(root: string): Promise<void> {
  unlock(root);
  // A child of the role that is being killed may still write.
  await rm(root, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
}
