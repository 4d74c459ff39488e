/** For people, below `/stand-in`: what is going on, a call of a tool, trouble on order. */
import { TooMany } from "../../on-order.ts";
import * as v from "valibot";
import { jsonResponse, type LocalRequest, type LocalResponse } from "../../../http/message.ts";
import { BadBody, jsonOf } from "../body.ts";
import { Fault } from "../faults.ts";
import type { World } from "../route.ts";
import { overviewHtml } from "./html.ts";
import { callTool, ToolCall } from "./tool-call.ts";

export class People {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  /** Undefined where there is nothing for people. */
  async answer(request: LocalRequest, path: string): Promise<LocalResponse | undefined> {
    const { faults } = this.#world;
    switch (`${request.method} ${path}`) {
      case "GET /":
      case "GET /stand-in":
        return overviewHtml(this.#world);
      case "POST /stand-in/tool-calls":
        return given(request, ToolCall, (call) => callTool(this.#world, call));
      case "GET /stand-in/faults":
        return jsonResponse(200, faults.ordered);
      case "POST /stand-in/faults":
        return given(request, Fault, (fault) => {
          faults.order(fault);
          return faults.ordered;
        });
      case "DELETE /stand-in/faults":
        faults.clear();
        return jsonResponse(200, faults.ordered);
      default:
        return undefined;
    }
  }
}

/** Whatever the sender says of the type: a person's `curl -d` says that it is a form. */
async function given<Schema extends v.GenericSchema>(
  request: LocalRequest,
  schema: Schema,
  answer: (value: v.InferOutput<Schema>) => unknown,
): Promise<LocalResponse> {
  try {
    const body = await jsonOf({ ...request, headers: [["content-type", "application/json"]] });
    const read = v.safeParse(schema, body);
    if (read.success) return jsonResponse(201, answer(read.output));
    return jsonResponse(400, { error: read.issues.map(sentenceOf).join(" ").slice(0, 1000) });
  } catch (error) {
    if (error instanceof BadBody) return jsonResponse(error.status, { error: error.message });
    if (error instanceof TooMany) return jsonResponse(429, { error: error.message });
    throw error;
  }
}

function sentenceOf(issue: v.GenericIssue): string {
  return `${v.getDotPath(issue) ?? "The body"}: ${issue.message}.`;
}
