/** The commands that mend a stack's config, as they are to be typed here. */

/** `rest`: what follows, such as `region us-central1`. `npm run pulumi` runs the program with the project's own Node. */
export function configCommand(verb: "set" | "rm", stack: string, rest: string): string {
  return `npm run pulumi -- config ${verb} -s ${stack} ${rest}`;
}

/** A key as such a command names it; `workers[0].name` is no key but the path of one. */
export function keyArgument(path: string): string {
  return /[[.]/.test(path) ? `--path '${path}'` : path;
}

/** A value as such a command names it. */
export function valueArgument(value: string): string {
  return /^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
}
