/** The plan runner on one machine: a stand-in GitHub, and OpenTofu of this machine. */
import type { PlanRunnerOutside } from "../../../infra/systems/plan-runner/outside.ts";
import type { LocalSystem } from "../system.ts";
import { folderOf, readyTofu } from "./demo/needs.ts";
import { repositoryOf } from "./repositories.ts";
import type { PlanRunnerSettings } from "./settings.ts";

export const planRunner = {
  options: {
    flags: {
      repository: `  --repository FOLDER
                     serve a folder as a repository of the stand-in GitHub, with the stack's GitHub App installed: of a
                     git repository the commits are followed, of any other folder the saved files; the folder is
                     never changed. OWNER/NAME=FOLDER names it, for example acme/infra=../infra; may be repeated`,
    },
    read: (said) => ({ repositories: said("repository").map(repositoryOf) }),
  },
  attaches: (settings) => {
    // Loaded while the program is recorded.
    const loaded = import("./attach.ts");
    return {
      attach: async (outside, local) => (await loaded).attachGitHub(outside, local, settings),
    };
  },
  demo: {
    argument: {
      name: "FOLDER",
      help: "your own folder of .tf files to be planned (default: an example that needs no provider)",
      read: folderOf,
    },
    lacks: readyTofu,
    chapters: async (declared, folder) =>
      (await import("./demo/index.ts")).chapters(declared, folder),
    hides: ({ source, severity, message }) =>
      // GitHub tells an App what the App itself has written; nothing comes of that.
      source === "github" &&
      severity === "INFO" &&
      /^webhook (?:check_run|issue_comment)\./.test(message),
  },
} satisfies LocalSystem<PlanRunnerOutside, PlanRunnerSettings>;
