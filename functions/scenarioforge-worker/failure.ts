/** A node cannot make what it should. The message is shown to whoever may see the run: nothing secret may be in it. */
export class NodeFailure extends Error {
  /** Another attempt would end the same way. */
  readonly isFinal: boolean;
  /** What a dependency asked to wait before the next attempt. */
  readonly retryAfterSeconds: number | undefined;

  constructor(message: string, options: { isFinal?: boolean; retryAfterSeconds?: number } = {}) {
    super(message);
    this.name = "NodeFailure";
    this.isFinal = options.isFinal ?? false;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}
