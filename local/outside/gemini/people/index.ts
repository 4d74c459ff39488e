/** For people, below `/stand-in`: what was asked, trouble on order. */
import { TooMany } from "../../on-order.ts";
import * as v from "valibot";
import { jsonResponse, type LocalRequest, type LocalResponse } from "../../../http/message.ts";
import { jsonOf, textOfBody } from "../body.ts";
import { GeminiError } from "../errors.ts";
import { Fault, type Faults } from "../faults.ts";
import type { Requests } from "../requests.ts";
import { overviewHtml } from "./html.ts";

export class People {
  readonly #faults: Faults;
  readonly #requests: Requests;

  constructor({ faults, requests }: { readonly faults: Faults; readonly requests: Requests }) {
    this.#faults = faults;
    this.#requests = requests;
  }

  /** Undefined where there is nothing for people. */
  async answer(request: LocalRequest): Promise<LocalResponse | undefined> {
    switch (`${request.method} ${request.url.pathname}`) {
      case "GET /":
      case "GET /stand-in":
        return overviewHtml(this.#requests.all, this.#faults.ordered);
      case "GET /stand-in/faults":
        return jsonResponse(200, this.#faults.ordered);
      case "POST /stand-in/faults":
        return this.#ordered(request);
      case "DELETE /stand-in/faults":
        this.#faults.clear();
        return jsonResponse(200, this.#faults.ordered);
      default:
        return undefined;
    }
  }

  async #ordered(request: LocalRequest): Promise<LocalResponse> {
    try {
      const read = v.safeParse(Fault, jsonOf(await textOfBody(request)));
      if (!read.success) {
        const error = read.issues.map(sentenceOf).join(" ").slice(0, 1000);
        return jsonResponse(400, { error });
      }
      this.#faults.order(read.output);
      return jsonResponse(201, this.#faults.ordered);
    } catch (error) {
      if (error instanceof GeminiError) return jsonResponse(400, { error: error.message });
      if (error instanceof TooMany) return jsonResponse(429, { error: error.message });
      throw error;
    }
  }
}

function sentenceOf(issue: v.GenericIssue): string {
  return `${v.getDotPath(issue) ?? "The body"}: ${issue.message}.`;
}
