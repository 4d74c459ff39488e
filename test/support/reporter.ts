/** Mocha's spec output, closed by one plain line that other programs can read. Tests that leave something open fail. */
import Mocha from "mocha";

/** Longer than any connection is kept for a next request. */
const MAX_CLOSING_MS = 30_000;

export default class Reporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    runner.once("end", () => {
      const { passes, failures, pending } = this.stats;
      const skipped = pending > 0 ? `, ${pending} skipped` : "";
      console.log(`${passes} passed, ${failures} failed${skipped}`);
      setTimeout(failOpen, MAX_CLOSING_MS).unref();
    });
  }
}

/** Mocha waits without a word for as long as anything is open. */
function failOpen(): never {
  console.error(`The tests left open: ${process.getActiveResourcesInfo().join(", ")}`);
  // As the last of the listeners: one of mocha's own sets the code to the number of failures.
  process.once("exit", () => (process.exitCode = 1));
  process.exit();
}
