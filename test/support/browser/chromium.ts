/** Debian's Chromium, driven by Playwright, for tests, numbers and pictures of pages. */
import { accessSync, constants } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import { chromium, type Browser } from "playwright-core";

export const NO_CHROMIUM = "needs chromium (apt-get install chromium)";

const ARGS = [
  // Nothing but loopback: no name is looked up, and no proxy of this machine is asked.
  "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
  "--no-proxy-server",
  "--disable-gpu",
  "--disable-quic",
  // Text has the same shape on every machine.
  "--font-render-hinting=none",
];

/** The program, on a path as the variable PATH has it. Undefined where there is none. */
export function findChromium(path = process.env.PATH ?? ""): string | undefined {
  return path
    .split(delimiter)
    .filter(isAbsolute)
    .map((folder) => join(folder, "chromium"))
    .find(isProgram);
}

/** Starts one without a window, with an empty profile of its own, which ends with `close()`. */
export function startChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, args: ARGS });
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
