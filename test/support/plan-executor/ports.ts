import type { Ended, Ports, Repository, Tofu } from "../../../functions/plan-executor/ports.ts";
import { PlaceInMemory } from "./place-in-memory.ts";
import { EMPTY_PLAN } from "./scripted-tofu.ts";
import { HEAD } from "./executor.ts";

/** What a command of the fake OpenTofu prints, and how it ends. Default: nothing, with 0. */
interface Act extends Partial<Ended> {
  readonly prints?: string;
  /** Happens while it runs. */
  readonly meanwhile?: () => void;
}

/** The executor's world in memory. Every step is written down in `steps`. */
export class FakePorts implements Ports {
  environment: Readonly<Record<string, string>> = {};
  readonly allowedProviders = ["hashicorp/*"];
  maxMs = 540_000;
  readonly place = new PlaceInMemory({ "checkout/main.tf": "" });
  readonly steps: string[] = [];
  readonly logged: string[] = [];
  readonly over = new AbortController();
  budgetMs: number | undefined;
  head: string | undefined = HEAD;
  isRevoked = true;
  readonly acts: Record<string, Act> = {};
  checkout: Repository["checkout"] = () =>
    Promise.resolve({ kind: "done", fetchMs: 3, unpackMs: 4 });
  fetchTofu: () => Promise<void> = () => Promise.resolve();
  #clock = 0;

  readonly now = (): number => (this.#clock += 10);
  readonly log: Ports["log"] = (severity, message) =>
    void this.logged.push(`${severity} ${message}`);

  readonly deadline = (ms: number): AbortSignal => {
    this.budgetMs = ms;
    return this.over.signal;
  };

  open = (): Promise<PlaceInMemory> => Promise.resolve(this.place);

  readonly repository = (): Repository => ({
    checkout: (into, signal) => {
      this.steps.push("checkout");
      return this.checkout(into, signal);
    },
    head: () => {
      this.steps.push("head");
      return Promise.resolve(this.head);
    },
    revoke: () => {
      this.steps.push("revoke");
      return Promise.resolve(this.isRevoked);
    },
  });

  readonly tofu = async (): Promise<Tofu> => {
    await this.fetchTofu();
    return {
      hasGit: false,
      run: (args, { folder, workspace, output }) => {
        const [command = ""] = args;
        const key = args[1] === "-json" ? "show -json" : command;
        this.steps.push([...args, `in ${folder}`, `for ${workspace}`].join(" "));
        const plan = key === "show -json" ? { prints: EMPTY_PLAN } : {};
        const { prints = "", meanwhile, ...ended } = { ...plan, ...this.acts[key] };
        meanwhile?.();
        output?.(Buffer.from(prints));
        return Promise.resolve({ code: 0, signal: null, errors: "", ...ended });
      },
    };
  };
}
