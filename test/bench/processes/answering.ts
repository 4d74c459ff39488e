/** The other end of `startHelper`: each message is answered with one, and the process ends with the one that asked. */
export function answering(answer: (question: never) => unknown): void {
  process.on("message", (question) => {
    void Promise.resolve(answer(question as never)).then((reply) => process.send?.(reply));
  });
  process.once("disconnect", () => process.exit(0));
}
