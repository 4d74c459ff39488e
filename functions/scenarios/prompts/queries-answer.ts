import * as v from "valibot";
import { text } from "../artifacts/text.ts";

/** What to look for on the web. */
export const QueriesAnswer = v.object({
  queries: v.pipe(v.array(text(200)), v.minLength(1), v.maxLength(5)),
});
export type QueriesAnswer = v.InferOutput<typeof QueriesAnswer>;
