/** Half-spaces for new objects grow up to this by themselves. Source: V8, --scavenger-max-new-space-capacity-mb. */
const MAX_SEMI_SPACE_MIB = 64;

/**
 * Variables that fit a Node process to an instance of so much memory (`512Mi`).
 *
 * By itself Node sizes its heap by the memory that it finds: on a whole machine new objects alone get 128 MB, within an
 * instance's 512 MiB they get 2, and then half of all work is to collect them. So both sizes are said: 1/32 of the memory for
 * each half-space of new objects, half of it for old ones. One arena for malloc, since what compiles and collects beside the
 * one thread that matters would otherwise leave an arena each behind. `npm run bench -- instance` shows both.
 *
 * The platform passes NODE_OPTIONS on, and adds its own --max-old-space-size only where none is there. Source:
 * cloud.google.com/functions/docs/migrating/nodejs-runtimes; GoogleCloudPlatform/buildpacks, cmd/nodejs/runtime/exec/heapsize.sh.
 */
export function nodeVariables(memory: string) {
  const mebibytes = mebibytesOf(memory);
  const semiSpace = Math.min(MAX_SEMI_SPACE_MIB, Math.floor(mebibytes / 32));
  const oldSpace = Math.floor(mebibytes / 2);
  return {
    NODE_OPTIONS: `--max-semi-space-size=${semiSpace} --max-old-space-size=${oldSpace}`,
    MALLOC_ARENA_MAX: "1",
  };
}

/** `1Gi` → 1024 */
export function mebibytesOf(memory: string): number {
  const [, amount, unit] = /^(\d+)(Mi|Gi)$/.exec(memory) ?? [];
  if (amount === undefined) throw new Error(`\`${memory}\` is no amount of memory in Mi or Gi.`);
  return Number(amount) * (unit === "Gi" ? 1024 : 1);
}
