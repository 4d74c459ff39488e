import { chmod, writeFile } from "node:fs/promises";

/** What a scripted OpenTofu does for each command, in shell. */
export interface TofuScript {
  /** Before any of them, and before the commands that are not named here. */
  readonly always?: string;
  readonly init?: string;
  readonly plan?: string;
  /** `show` of the text. Default: `No changes.` */
  readonly show?: string;
  /** What `show -json` prints. Default: a plan without changes. */
  readonly json?: string;
}

/** An empty plan, as `tofu show -json` prints it. */
export const EMPTY_PLAN = '{"format_version":"1.2","resource_changes":[]}';

/** Writes a shell script that takes OpenTofu's place. */
export async function scriptTofu(file: string, script: TofuScript): Promise<string> {
  const {
    always = "",
    init = "",
    plan = "",
    show = "echo No changes.",
    json = EMPTY_PLAN,
  } = script;
  await writeFile(
    file,
    [
      "#!/bin/sh",
      always,
      'case "$1 $2" in',
      `"init "*) ${init} ;;`,
      `"plan "*) ${plan} ;;`,
      `"show -json") cat <<'PLAN_JSON'`,
      json,
      "PLAN_JSON",
      ";;",
      `"show "*) ${show} ;;`,
      "esac",
      "",
    ].join("\n"),
  );
  await chmod(file, 0o755);
  return file;
}
