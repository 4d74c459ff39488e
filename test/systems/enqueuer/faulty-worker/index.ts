/** A worker that goes wrong in the way its environment names, as long as the file it names is not there. */
import { existsSync } from "node:fs";
import { http } from "@google-cloud/functions-framework";

const { FAULT, MENDED_FILE = "" } = process.env;
const isMended = (): boolean => existsSync(MENDED_FILE);

if (FAULT === "crashes at start" && !isMended()) throw new Error("cannot read the model");

http("worker", (request, response) => {
  if (isMended()) {
    response.json({ ok: true });
    return;
  }
  if (FAULT === "exits in the middle of a request") process.exit(7);
  if (FAULT === "is killed in the middle of a request") process.kill(process.pid, "SIGKILL");
  if (FAULT === "answers garbage") request.socket.end("this is no HTTP\r\n\r\n");
  // Anything else hangs: nothing is answered.
});
