/** Google's own agents: their addresses, and what Google grants them in every project. Never granted by this program. */
import { agentMember, resourceName, type Place } from "../naming.ts";
import type { AccessRow } from "./access.ts";

interface ServiceAgent {
  /** The API whose agent it is. It exists only after the API's identity was made or first used. */
  readonly api: string;
  /** The domain of its address, `service-N@DOMAIN.iam.gserviceaccount.com`. */
  readonly domain: string;
  /** The role that Google grants it on the project. */
  readonly role: string;
  readonly why: string;
  readonly source: string;
}

export const SERVICE_AGENTS = {
  cloudTasks: {
    api: "cloudtasks.googleapis.com",
    domain: "gcp-sa-cloudtasks",
    role: "roles/cloudtasks.serviceAgent",
    why: "signs the ID tokens that tasks carry",
    source: "cloud.google.com/iam/docs/service-agents, Cloud Tasks Service Agent",
  },
  pubsub: {
    api: "pubsub.googleapis.com",
    domain: "gcp-sa-pubsub",
    role: "roles/pubsub.serviceAgent",
    why: "signs the ID tokens that pushes carry",
    source: "cloud.google.com/iam/docs/service-agents, Cloud Pub/Sub Service Agent",
  },
} as const satisfies Record<string, ServiceAgent>;

export type AgentName = keyof typeof SERVICE_AGENTS;

/** An agent of this project as a member. */
export function agentOf(agent: AgentName, place: Place): string {
  return agentMember(SERVICE_AGENTS[agent].domain, place);
}

/** The rows of the agents that a system relies on. */
export function agentRows(
  system: string,
  agents: readonly AgentName[],
  place: Place,
): readonly AccessRow[] {
  return agents.map((agent) => {
    const { role, why, source } = SERVICE_AGENTS[agent];
    const principal = agentOf(agent, place);
    return {
      kind: "google",
      system,
      principal,
      role,
      resource: resourceName.project(place),
      why,
      source,
    };
  });
}
