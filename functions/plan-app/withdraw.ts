import type { Log } from "../runtime/log.ts";
import { NOT_QUEUED } from "./answers.ts";
import { inGroups } from "./in-groups.ts";
import type { Attempt } from "./attempt.ts";

/**
 * Says in the checks that an attempt queued that nobody will run them: GitHub does not deliver again by itself, so they
 * would wait for ever. Never throws; what fails is logged.
 */
export async function withdraw({ ask, delivery, ports, queued }: Attempt, log: Log): Promise<void> {
  if (queued.length === 0) return;
  const { repo, installationId } = ask;
  try {
    // The attempt's own calls may have no time left.
    const repository = await ports.open({ fullName: repo.full_name, installationId });
    await inGroups(queued, ({ headSha, name }) =>
      repository.settleCheck(headSha, name, NOT_QUEUED),
    );
  } catch (error) {
    log("WARNING", `Queued checks could not be taken back: ${String(error)}`, { delivery });
  }
}
