import { expectStatus, expectThat } from "./report.ts";
import type { Scene } from "./scene.ts";

/** How the page looks is for a person to judge. */
export async function page({ ask, report }: Scene, runId: string): Promise<void> {
  await report.check("its page opens without a key", async () => {
    const answer = await ask("GET", `/runs/${runId}`, { accept: "text/html" });
    expectStatus(answer, 200);
    expectThat(answer.type.startsWith("text/html"), `${answer.asked} is ${answer.type}.`);
    expectThat(answer.text.includes(runId), "The page does not name the run.");
  });
}
