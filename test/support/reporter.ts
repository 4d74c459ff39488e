/** Mocha's spec output, then the slowest files, closed by one plain line that other programs can read. */
import { relative } from "node:path";
import Mocha from "mocha";

const SLOWEST = 10;

export default class Reporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    const took = new Map<string, number>();
    const add = ({ file, duration = 0 }: Mocha.Runnable): void => {
      if (file !== undefined) took.set(file, (took.get(file) ?? 0) + duration);
    };
    runner.on("test end", add).on("hook end", add);
    runner.once("end", () => {
      if (took.size > 1) console.log(slowest(took));
      const { passes, failures, pending } = this.stats;
      const skipped = pending > 0 ? `, ${pending} skipped` : "";
      console.log(`${passes} passed, ${failures} failed${skipped}`);
    });
  }
}

/** `took`: file → milliseconds that its tests and hooks took. */
function slowest(took: ReadonlyMap<string, number>): string {
  const files = [...took].sort(([, a], [, b]) => b - a).slice(0, SLOWEST);
  const lines = files.map(
    ([file, ms]) => `${(ms / 1000).toFixed(1).padStart(7)} s  ${relative(process.cwd(), file)}`,
  );
  return ["  Slowest files:", ...lines, ""].join("\n");
}
