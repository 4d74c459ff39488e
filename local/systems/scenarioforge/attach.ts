/** Gemini and the web as they stand in for the ones that scenarioforge's worker asks. */
import type { ScenarioforgeOutside } from "../../../infra/systems/scenarioforge/outside.ts";
import type { LocalCloud } from "../../local-cloud.ts";
import { GEMINI_HOST } from "../../outside/gemini/host.ts";
import { Gemini } from "../../outside/gemini/index.ts";
import { PUBLIC_HOSTS } from "../../outside/web/addresses.ts";
import { Web } from "../../outside/web/index.ts";
import type { Attached, Opened, Surroundings } from "../system.ts";
import { FirstRun, firstRunUrl } from "./first-run.ts";

/** What scenarioforge's own story and tests drive. */
export class Surrounding {
  readonly gemini: Gemini;
  readonly web: Web;

  constructor({ log, clock }: Pick<Surroundings, "log" | "clock">) {
    this.gemini = new Gemini({ log, clock });
    this.web = new Web({ clock });
  }
}

export function attachOutside({
  log,
  clock,
  openPort,
}: Surroundings): Attached<ScenarioforgeOutside> {
  const people = new Surrounding({ log, clock });
  const { gemini, web } = people;
  const firstRun = new FirstRun(log);
  const origin = `https://${GEMINI_HOST}`;
  let page = origin;
  return {
    hosts: new Map([
      [GEMINI_HOST, gemini.send],
      // Names that lead inside have no answer: behind a proxy it is the proxy that looks names up.
      ...PUBLIC_HOSTS.map((host) => [host, web.send] as const),
    ]),
    people,
    open: async () => {
      // It asks nobody who they are.
      page = (await openPort(origin, gemini.send, "")).url;
    },
    ready: (entryPoints) => ({
      pages: [{ title: "Gemini", key: "gemini", url: page }],
      hints: apiOf(entryPoints).flatMap(({ url }) => [
        "A first run is being made; the log says when it is there to be looked at:",
        `  ${firstRunUrl(url)}`,
        "",
      ]),
    }),
    begin: (entryPoints) => {
      for (const { url } of apiOf(entryPoints)) firstRun.launch(url);
    },
    idle: () => firstRun.idle(),
    stop: () => {
      firstRun.stop();
      return Promise.resolve();
    },
  };
}

function apiOf(entryPoints: readonly Opened[]): readonly Opened[] {
  return entryPoints.filter(({ system }) => system === "scenarioforge");
}

/** The stand-ins of a local cloud whose stack has scenarioforge. */
export function surroundingOf(cloud: Pick<LocalCloud, "people">): Surrounding {
  const people = cloud.people("scenarioforge");
  if (people instanceof Surrounding) return people;
  throw new Error("The stack does not run scenarioforge.");
}
