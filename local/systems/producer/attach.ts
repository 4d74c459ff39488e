/** The workflows service as it stands in for the one whose events the stack's producer bridges. */
import type { ProducerOutside } from "../../../infra/systems/producer/outside.ts";
import type { LocalCloud } from "../../local-cloud.ts";
import { Workflows } from "../../outside/workflows/index.ts";
import type { Attached, Surroundings } from "../system.ts";

/** What `npm run local` says may be tried: whoever calls a tool, for whom a bridge is then started. */
const WHO = { user: "user-1", project: "project-1", workspace: "workspace-1" };

export function attachWorkflows(
  outside: ProducerOutside,
  { log, clock, openPort }: Surroundings,
): Attached<ProducerOutside> {
  const url = urlOf(outside);
  const workflows = new Workflows({ log, clock, mount: url.pathname });
  let page = url.origin;
  return {
    hosts: new Map([[url.host, workflows.send]]),
    people: workflows,
    apply: (next) => {
      if (urlOf(next).href === url.href) return;
      throw new Error("The workflows service is another one now; start the local cloud again.");
    },
    open: async () => {
      // It asks nobody who they are.
      page = (await openPort(url.origin, workflows.send, "")).url;
    },
    ready: () => ({
      pages: [{ title: "Workflows", key: "workflows", url: `${page}${mountOf(url)}/stand-in` }],
      hints: hintsOf(`${page}${mountOf(url)}`),
    }),
    stop: () => {
      workflows.stop();
      return Promise.resolve();
    },
  };
}

/** The stand-in workflows service of a local cloud whose stack has the producer. */
export function workflowsOf(cloud: Pick<LocalCloud, "people">): Workflows {
  const people = cloud.people("producer");
  if (people instanceof Workflows) return people;
  throw new Error("The stack does not run producer.");
}

function urlOf(outside: ProducerOutside): URL {
  const [service] = outside["workflows service"];
  if (service === undefined) throw new Error("The producer names no workflows service.");
  return new URL(service.name);
}

function mountOf({ pathname }: URL): string {
  return pathname === "/" ? "" : pathname;
}

function hintsOf(url: string): readonly string[] {
  const call = { ...WHO, tool: "READ_FILE", arguments: { filepath: "notes.txt" } };
  return [
    "A workflow calls a tool; with a bridge started for its workspace, the page shows what comes back:",
    `  curl -s ${url}/stand-in/tool-calls -d '${JSON.stringify(call)}'`,
    "",
  ];
}
