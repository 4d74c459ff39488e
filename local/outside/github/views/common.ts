export const apiUrl = "https://api.github.com";
export const webUrl = "https://github.com";

/** GitHub's time, without milliseconds: `2026-01-01T00:00:00Z`. */
export function timestamp(time: number): string {
  return new Date(time).toISOString().replace(/\.\d+Z$/, "Z");
}

/** An opaque id of the GraphQL API: `IC_kwDO…`. */
export function nodeId(kind: string, id: number): string {
  return `${kind}_${Buffer.from(`${kind}:${id}`).toString("base64url")}`;
}
