/** A step of a plan failed for a reason that its author can do something about, and that will be the same next time. */
export class StepFailed extends Error {
  /** As in PlanExecutionResult. */
  readonly step: string;
  readonly hint: string | undefined;

  constructor(step: string, message: string, hint?: string) {
    super(message);
    this.name = "StepFailed";
    this.step = step;
    this.hint = hint;
  }
}
