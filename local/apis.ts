/** Google's services at work, by the list and none by name: hosts, what is declared, and what they do for each other. */
import { changesOf } from "./declared/changes.ts";
import { sliceOf, type Declared } from "./declared/declared.ts";
import { serveApi } from "./gateway/codec.ts";
import type { Serving } from "./gateway/call.ts";
import type { HostHandler, Route } from "./gateway/host-handler.ts";
import { answerRest, serveRest } from "./gateway/rest-simulator.ts";
import type { ProtoSimulator, RestSimulator } from "./google/api.ts";
import type { Ports, RunsService, Slice } from "./google/service.ts";
import type { Send } from "./http/message.ts";

export interface Apis {
  readonly route: Route;
  /** Asks an API without descriptors from inside, with the token that the request bears. Rejects for any other host. */
  readonly send: Send;
  /** Takes what a program declares into use. What it says nothing new about stays, with what was changed over the API. */
  readonly apply: (declared: Pick<Declared, "slices">) => void;
  /** What one service offers and others use. Throws where none offers it. */
  readonly port: <Name extends keyof Ports>(name: Name) => Ports[Name];
  readonly stop: () => void;
}

export function startApis(services: readonly RunsService[], serving: Serving): Apis {
  const running = services.map((service) => ({
    declares: service.declares,
    ...service.start(serving.cloud),
  }));
  const served = running.flatMap(({ apis }) =>
    apis.map((api) => ({ api, handler: handlerOf(api, serving) })),
  );
  const last = new Map<string, Slice>();
  return {
    // The hosts of some follow what is declared.
    route: (host) => served.find(({ api }) => hostsOf(api).includes(host))?.handler,
    send: async (request) => {
      const found = served.find(({ api }) => hostsOf(api).includes(request.url.host))?.api;
      if (found !== undefined && !("methods" in found)) return answerRest(found, request, serving);
      throw new Error(`${request.url.host} is no API that can be asked from inside.`);
    },
    apply: (declared) => {
      for (const { declares, takes } of running) {
        const slice = sliceOf(declared, declares);
        for (const [noun, items] of Object.entries(takes)) {
          const before = last.get(declares.name)?.[noun] ?? [];
          const { added, changed, removed } = changesOf(before, slice[noun] ?? []);
          for (const { name } of removed) items.remove(name);
          for (const item of [...added, ...changed.map(({ after }) => after)]) items.declare(item);
        }
        last.set(declares.name, slice);
      }
    },
    port: (name) => {
      const [offered, ...more] = running.flatMap(({ offers }) => offers?.[name] ?? []);
      if (offered === undefined) throw new Error(`No service offers ${name}.`);
      if (more.length > 0) throw new Error(`Several services offer ${name}.`);
      return offered;
    },
    stop: () => {
      for (const service of running) service.stop?.();
    },
  };
}

function hostsOf(api: ProtoSimulator | RestSimulator): readonly string[] {
  return "methods" in api ? [api.host] : api.hosts;
}

function handlerOf(api: ProtoSimulator | RestSimulator, serving: Serving): HostHandler {
  return "methods" in api ? serveApi(api, serving) : serveRest(api, serving);
}
