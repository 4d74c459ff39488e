import type { Ended, Ports, Tofu } from "../../../functions/plan-executor/ports.ts";
import { PlaceInMemory } from "./place-in-memory.ts";
import { EMPTY_PLAN } from "./scripted-tofu.ts";

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
  readonly allowedPlaces = ["gcs:stack-*"];
  maxMs = 540_000;
  readonly place = new PlaceInMemory({ "checkout/main.tf": "" });
  readonly steps: string[] = [];
  readonly logged: string[] = [];
  readonly over = new AbortController();
  budgetMs: number | undefined;
  readonly acts: Record<string, Act> = {};
  unpack: Ports["checkout"] = () => Promise.resolve({ kind: "done", fetchMs: 3, unpackMs: 4 });
  fetchTofu: () => Promise<void> = () => Promise.resolve();
  isIsolated = true;
  #clock = 0;

  readonly now = (): number => (this.#clock += 10);
  readonly log: Ports["log"] = (severity, message) =>
    void this.logged.push(`${severity} ${message}`);

  readonly deadline = (ms: number): AbortSignal => {
    this.budgetMs = ms;
    return this.over.signal;
  };

  open = (): Promise<PlaceInMemory> => Promise.resolve(this.place);

  readonly checkout: Ports["checkout"] = (archive, into, signal) => {
    this.steps.push(`checkout ${archive}`);
    return this.unpack(archive, into, signal);
  };

  readonly tofu = async (): Promise<Tofu> => {
    await this.fetchTofu();
    return {
      hasGit: false,
      isIsolated: this.isIsolated,
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
