/** The producer's part of a stack's config. */
import type { ConfigOf } from "../../config/config.ts";
import type { ConfigPart } from "../../config/part.ts";
import { KEYS } from "./keys.ts";
import { FUNCTIONS } from "./names.ts";
import { brokenProducerRules } from "./rules.ts";

export const CONFIG = {
  keys: KEYS,
  check: brokenProducerRules,
  functions: () => Object.values(FUNCTIONS).map((name) => ({ name })),
} satisfies ConfigPart;

export type ProducerConfig = ConfigOf<typeof CONFIG>;
