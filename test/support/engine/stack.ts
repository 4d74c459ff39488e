/** The stack that drivers run the program for. */

/** The name in Pulumi.yaml. */
export const PROJECT = "switchyard";

/** The stack whose config comes with the project. */
export const STACK = "dev";

/** The type of the stack itself, the root of all that is registered. */
export const STACK_TYPE = "pulumi:pulumi:Stack";
