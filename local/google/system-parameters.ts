/** Query parameters of every Google API that leave the answer as it is. Source: cloud.google.com/apis/docs/system-parameters. */
export const SYSTEM_PARAMETERS: ReadonlySet<string> = new Set([
  "alt",
  "$alt",
  "prettyPrint",
  "key",
  "quotaUser",
  "userProject",
]);
