import { NODE_NAMES } from "../../../functions/messages/scenario-names.ts";
import type { NodeName } from "../../../functions/messages/scenario-names.ts";
import type { Artifact, ArtifactName } from "../../../functions/scenarios/artifacts/index.ts";
import { prettyJson } from "../../../functions/scenarios/json.ts";
import type { Brief } from "../../../functions/scenarioforge-worker/brief.ts";
import { checked } from "../../../functions/scenarioforge-worker/checked.ts";
import { NodeFailure } from "../../../functions/scenarioforge-worker/failure.ts";
import { mockAnswer } from "../../../functions/scenarioforge-worker/mock/index.ts";
import { NODES } from "../../../functions/scenarioforge-worker/nodes/index.ts";
import type {
  Made,
  NodeSettings,
  Work,
} from "../../../functions/scenarioforge-worker/nodes/node.ts";

export const BRIEF: Brief = {
  runId: "20261121021712-abcd",
  createdAt: "2026-11-21T02:17:12.575000+00:00",
  company: "ScenarioOps Demo Co",
  geography: "United States",
  scope: "country",
  value: "United States",
  horizonMonths: 60,
  seed: "a".repeat(64),
};

/** As a launcher gets them who sets nothing. */
export const SETTINGS: NodeSettings = {
  simulates: true,
  allowWeb: false,
  minForces: 60,
  minForcesPerDomain: 10,
  minEvidenceOk: 10,
  minEvidenceTotal: 15,
  maxFailedRatio: 0.4,
  minCitations: 2,
  forbidsFixtureCitations: true,
};

type Kept = { [Name in ArtifactName]?: Artifact<Name> };

/** A run in memory, node by node, without storage and tasks. */
export class MockRun {
  readonly artifacts: Kept = {};
  readonly images: Record<string, Buffer> = {};
  readonly notes: { readonly operation: string }[] = [];
  readonly made: Partial<Record<NodeName, Made>> = {};
  readonly work: Work;

  constructor(brief: Partial<Brief> = {}, rest: Partial<Work> = {}) {
    const whole = { ...BRIEF, ...brief };
    const refused = (): Promise<never> =>
      Promise.reject(new NodeFailure("A mock run asks nobody outside.", { isFinal: true }));
    this.work = {
      brief: whole,
      settings: SETTINGS,
      sources: [],
      documents: [],
      hasStrategies: true,
      read: (name) => {
        const found = this.artifacts[name];
        if (found === undefined) throw new NodeFailure(`${name} is missing.`);
        return Promise.resolve(found);
      },
      find: (name) => Promise.resolve(this.artifacts[name]),
      ask: async (name, about, check) => {
        const answer = await Promise.resolve(mockAnswer(name, about, whole));
        const problems = check?.(answer) ?? [];
        if (problems.length > 0) throw new NodeFailure(problems.join(" "));
        return answer;
      },
      note: (operation) => void this.notes.push({ operation }),
      fetchPage: refused,
      search: refused,
      openDocument: refused,
      paint: () => Promise.resolve(undefined),
      ...rest,
    };
  }

  /** Makes what that node makes, and keeps it. */
  async make(name: NodeName): Promise<Made> {
    const isSkipped = NODES[name].skips?.(this.work) ?? false;
    const made = isSkipped ? { artifacts: {} } : await NODES[name].make(this.work);
    for (const [artifact, value] of Object.entries(made.artifacts)) {
      Object.assign(this.artifacts, { [artifact]: checked(artifact as ArtifactName, value) });
    }
    Object.assign(this.images, made.images);
    this.made[name] = made;
    return made;
  }

  /** Makes everything up to that node, or everything. */
  async makeUntil(last?: NodeName): Promise<this> {
    for (const name of NODE_NAMES) {
      const isStrategic = name === "strategies" || name === "wind_tunnel";
      if (isStrategic && !this.work.hasStrategies) continue;
      await this.make(name);
      if (name === last) break;
    }
    return this;
  }

  /** An artifact that is there. */
  get<Name extends ArtifactName>(name: Name): Artifact<Name> {
    const found = this.artifacts[name];
    if (found === undefined) throw new Error(`There is no ${name}.`);
    return found;
  }

  /** Everything, as it would be written. */
  get bytes(): string {
    return prettyJson({ ...this.artifacts, notes: this.notes });
  }
}
