/** The bucket of runs, written and read beside the service. */
import { ConfigError } from "../../../config/errors.ts";

export interface RunsBucket {
  /** `gs://bucket/prefix` */
  readonly location: string;
  /** Creates an object of the tenant's folder. Rejects where there is one. */
  create(path: string, text: string, contentType: string): Promise<void>;
  /** Undefined where there is none. */
  read(path: string): Promise<string | undefined>;
}

export interface RunsPlace {
  readonly project: string;
  readonly bucket: string;
  readonly prefix: string;
  readonly tenant: string;
}

const NOT_FOUND = 404;

/** With the credentials of whoever runs it. Rejects with a ConfigError where Cloud Storage refuses. */
export function runsBucket({ project, bucket, prefix, tenant }: RunsPlace): RunsBucket {
  const location = `gs://${bucket}/${prefix}`;
  const fileOf = async (path: string) => {
    const { Storage } = await import("@google-cloud/storage");
    return new Storage({ projectId: project }).bucket(bucket).file(`${prefix}/${tenant}/${path}`);
  };
  return {
    location,
    create: async (path, text, contentType) => {
      const preconditionOpts = { ifGenerationMatch: 0 };
      const file = await fileOf(path);
      await file
        .save(text, { resumable: false, contentType, preconditionOpts })
        .catch(refused(`${location}/${tenant}/${path} cannot be written`));
    },
    read: async (path) => {
      const file = await fileOf(path);
      try {
        return (await file.download())[0].toString();
      } catch (error) {
        if (error instanceof Error && "code" in error && error.code === NOT_FOUND) return undefined;
        return refused(`${location}/${tenant}/${path} cannot be read`)(error);
      }
    },
  };
}

function refused(what: string): (error: unknown) => never {
  return (error) => {
    // The first line: what Google's client throws may hold a whole answer.
    const [reason = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
    throw new ConfigError(`${what} (--help says with which credentials): ${reason}`, []);
  };
}
