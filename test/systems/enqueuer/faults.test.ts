import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { containerFolders } from "../../../local/host/environment.ts";
import { TestPlatform } from "../../support/platform.ts";
import { attemptsOf, enqueue } from "./stories.ts";

/** What Cloud Run sends in place of the worker, and what the log says of the role. */
const FAULTS = [
  { fault: "crashes at start", status: 500, says: /brain: did not start: .*exit code 1/ },
  // The framework itself still answers for a process that exits in good order.
  { fault: "exits in the middle of a request", status: 500, says: /Process exited with code 7/ },
  { fault: "is killed in the middle of a request", status: 503, says: /ended.*SIGKILL/ },
  { fault: "answers garbage", status: 503, says: /brain: answered 503: Parse Error/ },
  { fault: "hangs", status: 504, says: /brain: answered 504: no answer within 1 s/ },
] as const;

describe("enqueuer, with a worker", () => {
  const p = new TestPlatform();
  before(() => p.start());
  after(() => p.stop());

  /** Makes the worker go wrong until the file is there. */
  async function breakWorker(fault: string, mendedFile: string): Promise<void> {
    const present = p.cloud.declared();
    const faulty = {
      folder: join(import.meta.dirname, "faulty-worker"),
      env: { FAULT: fault, MENDED_FILE: mendedFile },
      // Long enough for a busy machine, where not the deadline is what goes wrong.
      timeoutSeconds: fault === "hangs" ? 1 : 60,
    };
    const services = present.services.map((spec) =>
      spec.name === "brain" ? { ...spec, ...faulty } : spec,
    );
    await p.cloud.apply({ ...present, services });
  }

  for (const [index, { fault, status, says }] of FAULTS.entries()) {
    it(`that ${fault}: answers ${status} in its place, says why, and delivers once it is mended`, async () => {
      const mendedFile = `mended-${index}`;
      await breakWorker(fault, `/tmp/${mendedFile}`);
      const begin = p.log.length;
      const { body } = await enqueue(p, { service: "brain", payload: {} });
      const { task } = body as { task: string };
      await p.settle();
      expect(attemptsOf(p.log, task)).to.deep.equal([status]);
      const worker = p.log.slice(begin).filter(({ source }) => source === "worker");
      expect(worker.map(({ message }) => message).join("\n")).to.match(says);

      const { temporary } = containerFolders(p.cloud.attachment().folder);
      await writeFile(join(temporary, mendedFile), "");
      await p.advance({ seconds: 5 });
      // A retry may still meet the process that is ending.
      const [first, ...later] = attemptsOf(p.log, task);
      expect({ first, last: later.at(-1) }).to.deep.equal({ first: status, last: 200 });
    });
  }
});
