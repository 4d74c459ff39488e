/** A stand-in web whose time is moved by hand, and what asks it. */
import { ManualClock } from "../../../../local/clock.ts";
import { bodyOf, header } from "../../../../local/http/message.ts";
import { Web } from "../../../../local/outside/web/index.ts";

export class SmallWeb {
  readonly clock = new ManualClock();
  readonly web = new Web({ clock: this.clock });

  /** The answer with its body still to be read. */
  open(url: string, method = "GET", signal?: AbortSignal) {
    return this.web.send({
      method,
      url: new URL(url),
      headers: [["user-agent", "test"]],
      body: Buffer.alloc(0),
      ...(signal !== undefined && { signal }),
    });
  }

  async get(url: string, method?: string) {
    const response = await this.open(url, method);
    const bytes = await bodyOf(response);
    return {
      status: response.status,
      type: header(response.headers, "content-type"),
      location: header(response.headers, "location"),
      headers: response.headers,
      bytes,
      text: bytes.toString(),
    };
  }
}
