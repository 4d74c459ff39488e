import { access, constants, mkdir } from "node:fs/promises";
import path from "node:path";
import { workFolderOf } from "../../messages/work-folder.ts";
import type { ProducerEnv } from "../env.ts";
import type { Ports } from "../ports.ts";

/** Makes tenants' work folders below the work root. Where there is no place for them the work goes on without. */
export function workFolders({
  WORK_ROOT,
  WORK_PREFIX_TEMPLATE,
}: Pick<ProducerEnv, "WORK_ROOT" | "WORK_PREFIX_TEMPLATE">): Ports["makeWorkFolder"] {
  return async (tenant, log) => {
    const folder = path.join(
      path.resolve(WORK_ROOT),
      ...workFolderOf(WORK_PREFIX_TEMPLATE, tenant),
    );
    try {
      await mkdir(folder, { recursive: true });
      await access(folder, constants.R_OK | constants.W_OK);
    } catch (error) {
      const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
      log("NOTICE", `There is no work folder (${code}); the work goes on without`, { folder });
    }
  };
}
