import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { gitHubOf } from "../../../functions/plan-runner/adapters/github.ts";
import type { GitHub } from "../../../functions/plan-runner/ports.ts";
import type { Send } from "../../../local/http/message.ts";
import { listener } from "../../../local/http/node.ts";
import { urlOf } from "../../../local/http/request-target.ts";
import { KEYS, PLANNER, smallHub } from "../../local/outside/github/small-hub.ts";
import type { SmallHub, SmallHubOptions } from "../../local/outside/github/small-hub.ts";

const API = "https://api.github.com";
const ORIGINS = [API, "https://codeload.github.com"];

/** A stand-in GitHub on ports of its own, one for each of its hosts, with the App that is PLANNER. */
export class ServedHub {
  readonly hub: SmallHub;
  readonly #servers = new Map<string, http.Server>();

  private constructor(options: SmallHubOptions) {
    this.hub = smallHub(options);
    for (const origin of ORIGINS) {
      const handle = listener(
        (incoming) => urlOf(incoming, origin),
        this.#send,
        () => undefined,
      );
      this.#servers.set(origin, http.createServer(handle));
    }
  }

  static async start(options: SmallHubOptions = {}): Promise<ServedHub> {
    const served = new ServedHub(options);
    for (const server of served.#servers.values()) {
      await once(server.listen(0, "127.0.0.1"), "listening");
    }
    return served;
  }

  /** The adapter under test, as that App. */
  gitHub(readKey = () => Promise.resolve(KEYS.privateKey)): GitHub {
    const env = {
      GITHUB_APP_ID: String(PLANNER.id),
      GITHUB_API_BASE_URL: this.#at(API),
      APP_KEY_SECRET: "projects/p/secrets/s/versions/latest",
    };
    return gitHubOf(env, readKey);
  }

  stop(): void {
    for (const server of this.#servers.values()) {
      server.close();
      server.closeAllConnections();
    }
  }

  /** Where one of GitHub's origins is here. */
  #at(origin: string): string {
    const { port } = this.#servers.get(origin)?.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  /** GitHub's links lead to where its hosts are here. */
  readonly #send: Send = async (request) => {
    const { headers, ...answer } = await this.hub.github.send(request);
    const moved = headers.map(([name, value]) => {
      const here = ORIGINS.reduce((text, each) => text.replaceAll(each, this.#at(each)), value);
      return [name, here] as const;
    });
    return { ...answer, headers: moved };
  };
}
