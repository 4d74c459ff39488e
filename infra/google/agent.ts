/** Google's own agents: who they are in a project, and what Google grants them there. Pure. */
import type { Place } from "./kind.ts";

/** An agent of one API. Never granted by this program: Google does. */
export interface ServiceAgent {
  /** Begins the logical name of its identity in the program. */
  readonly name: string;
  /** The API whose agent it is. It exists only after the API's identity was made or first used. */
  readonly api: string;
  /** The domain of its address, `service-N@DOMAIN.iam.gserviceaccount.com`. */
  readonly domain: string;
  /** The role that Google grants it on the project. */
  readonly role: string;
  readonly why: string;
  readonly source: string;
}

/** An agent of this project as a member. */
export function agentMember({ domain }: ServiceAgent, { projectNumber }: Place): string {
  return `serviceAccount:service-${projectNumber}${addressEnd(domain)}`;
}

/** Whether the member is this agent, of whichever project. */
export function isAgent({ domain }: ServiceAgent, member: string): boolean {
  return member.toLowerCase().endsWith(addressEnd(domain));
}

function addressEnd(domain: string): string {
  return `@${domain}.iam.gserviceaccount.com`;
}
