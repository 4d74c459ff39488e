/** Half-spaces for new objects are powers of two in size, and by themselves grow up to this. Source: V8, --max-semi-space-size. */
const MAX_SEMI_SPACE_MIB = 64;

/**
 * Node's own limits, for an instance of so much memory (`512Mi`). By itself Node sizes its heap by the machine: new objects
 * alone would get 128 MB of an instance's 512. Of the memory, 1/32 becomes each of the two half-spaces for new objects, and
 * half may become old ones.
 *
 * The platform passes NODE_OPTIONS on, and adds its own --max-old-space-size only where none is there. Source:
 * cloud.google.com/functions/docs/migrating/nodejs-runtimes; GoogleCloudPlatform/buildpacks, cmd/nodejs/runtime/exec/heapsize.sh.
 */
export function nodeOptions(memory: string): string {
  const mebibytes = mebibytesOf(memory);
  const semiSpace = Math.min(MAX_SEMI_SPACE_MIB, Math.floor(mebibytes / 32));
  return `--max-semi-space-size=${semiSpace} --max-old-space-size=${Math.floor(mebibytes / 2)}`;
}

/** `1Gi` → 1024 */
export function mebibytesOf(memory: string): number {
  const [, amount, unit] = /^(\d+)(Mi|Gi)$/.exec(memory) ?? [];
  if (amount === undefined) throw new Error(`\`${memory}\` is no amount of memory in Mi or Gi.`);
  return Number(amount) * (unit === "Gi" ? 1024 : 1);
}
