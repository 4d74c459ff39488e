/** What a role's process finds of the machine it runs on. Nothing else of the person's own environment reaches it. */
import { dirname, join, delimiter } from "node:path";

/** Where programs are looked for when the person's shell does not say. */
const DEFAULT_PATH = "/usr/local/bin:/usr/bin:/bin";

export interface ContainerFolders {
  /** Empty: settings and credentials in the person's own home stay out of reach of git, npm and Google's libraries. */
  readonly home: string;
  /** Ends with the local cloud, as a container's files end with the container. */
  readonly temporary: string;
  /** What is mounted, a folder for each instance. */
  readonly mounts: string;
}

/** The folders of a local cloud whose files are in `folder`. */
export function containerFolders(folder: string): ContainerFolders {
  return {
    home: join(folder, "home"),
    temporary: join(folder, "tmp"),
    mounts: join(folder, "mounts"),
  };
}

/** The variables of a container's image, as far as programs cannot do without them. */
export function containerEnvironment({
  home,
  temporary,
}: Pick<ContainerFolders, "home" | "temporary">): NodeJS.ProcessEnv {
  return {
    // What a role starts (git, OpenTofu) is where the person has it; `node` is the one that runs this.
    PATH: [dirname(process.execPath), process.env.PATH ?? DEFAULT_PATH].join(delimiter),
    HOME: home,
    TMPDIR: temporary,
    // Without it dates are printed in the machine's time zone. That a container has none set, which is UTC, is an
    // observation; no page of Google's says so.
    TZ: "UTC",
  };
}
