// The least that a function can be.
import { http } from "@google-cloud/functions-framework";

http("empty", (_request, response) => {
  response.json({ ok: true });
});
