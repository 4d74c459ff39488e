/** A tool could not do what it was asked for. The message is for whoever asked, so it names no path of this machine. */
export class ToolError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "ToolError";
  }
}

/** What the older consumer said of a path that leads out of the work folder. */
export const ESCAPES = "Path escapes workspace root";
