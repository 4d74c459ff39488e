import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { gitHubOf } from "../../../functions/plan-runner/adapters/github.ts";
import type { GitHub } from "../../../functions/plan-runner/ports.ts";
import type { Send } from "../../../local/http.ts";
import { listener } from "../../../local/node-http.ts";
import { KEYS, PLANNER, smallHub } from "../../local/github/small-hub.ts";
import type { SmallHub, SmallHubOptions } from "../../local/github/small-hub.ts";

/** A stand-in GitHub on a port of its own, with the App that is PLANNER. */
export class ServedHub {
  readonly hub: SmallHub;
  readonly #server: http.Server;

  private constructor(options: SmallHubOptions) {
    this.hub = smallHub(options);
    this.#server = http.createServer(listener(() => "https://api.github.com", this.#send));
  }

  static async start(options: SmallHubOptions = {}): Promise<ServedHub> {
    const served = new ServedHub(options);
    await once(served.#server.listen(0, "127.0.0.1"), "listening");
    return served;
  }

  /** The adapter under test, as that App. */
  gitHub(readKey = () => Promise.resolve(KEYS.privateKey)): GitHub {
    const env = {
      GITHUB_APP_ID: String(PLANNER.id),
      GITHUB_API_BASE_URL: this.#baseUrl,
      APP_KEY_SECRET: "projects/p/secrets/s/versions/latest",
    };
    return gitHubOf(env, readKey);
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  get #baseUrl(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** GitHub's links to further pages lead to where it was asked. */
  readonly #send: Send = async (request) => {
    const { headers, ...answer } = await this.hub.github.send(request);
    const moved = headers.map(([name, value]) => {
      return [name, value.replaceAll("https://api.github.com", this.#baseUrl)] as const;
    });
    return { ...answer, headers: moved };
  };
}
