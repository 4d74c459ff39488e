import { http as registerFunction } from "@google-cloud/functions-framework";
import nodeHttp from "node:http";
import type { Server } from "node:http";
import { createListener } from "../door/http-handler.ts";
import type { Service } from "../door/http-handler.ts";
import { createLog } from "../log.ts";
import { createServer } from "./server.ts";
import { takeOverProcess } from "./shutdown.ts";

/**
 * Registers a role with Functions Framework under its own name and answers its requests.
 *
 * The framework loads the module and opens the port; its Express app stays unused. That app parses bodies of up to
 * 1 GB before a function runs, answers malformed JSON and bad percent-escapes with an HTML page, keeps some paths to
 * itself, and sends the message of an uncaught exception to the caller (functions-framework 5.0.5, build/src/server.js
 * and logger.js). So the one `http.createServer` call of the framework gets our server instead of its own.
 */
export function serve(service: Service): void {
  const listener = createListener(service);
  registerFunction(service.role, listener);
  const log = createLog(service)();
  replaceNextServer(() => {
    const server = createServer(listener, service.hasStreams);
    takeOverProcess(server, log);
    return server;
  });
}

function replaceNextServer(make: () => Server): void {
  const original = nodeHttp.createServer;
  const replacement = (): Server => {
    Object.assign(nodeHttp, { createServer: original });
    return make();
  };
  Object.assign(nodeHttp, { createServer: replacement });
}
