/** The Security Token Service has nothing that a program declares, and no permissions: whoever has a token may exchange it. */
import type { DeclaresService } from "../service.ts";

export const sts: DeclaresService = { name: "sts", empty: () => ({}), roles: {}, declares: {} };
