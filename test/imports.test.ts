import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix, relative } from "node:path";
import { expect } from "chai";

const ROOT = join(import.meta.dirname, "..");

interface Import {
  /** The importing file, from the root: `functions/enqueuer/enqueue.ts`. */
  readonly from: string;
  /** A file from the root, or a package's name. */
  readonly to: string;
  /** Erased when the program runs. */
  readonly isType: boolean;
}

/** Who may import whom. The first rule whose `from` fits a file holds for it. */
interface Rule {
  readonly from: RegExp;
  readonly says: string;
  readonly allows: (to: string, each: Import) => boolean;
}

const isNode = (to: string): boolean => to.startsWith("node:");
const isPackage = (to: string): boolean => !/^(infra|functions|local|test)\//.test(to);
/** `functions/plan-app`, for all files below it. */
const roleOf = (file: string): string => file.split("/").slice(0, 2).join("/");
/** `local/google/tasks`, `infra/systems/enqueuer` */
const serviceOf = (file: string): string => file.split("/").slice(0, 3).join("/");
/** What a program and the local cloud both stand on: pure. */
const KINDS = /^infra\/(access|google\/(kind|condition|agent|services|[^/]+\/kinds))\.ts$/;
/** The files of a role that meet the world. */
const OUTSIDE =
  /^functions\/[^/]+\/(index\.ts|(page-)?routes\.ts|adapters\.ts|adapters\/.*|[a-z-]+-client\.ts)$/;

const RULES: readonly Rule[] = [
  {
    from: /^functions\/runtime\//,
    says: "functions/runtime imports only itself, the framework, Google's libraries that several roles need, Hono and valibot",
    allows: (to) =>
      to.startsWith("functions/runtime/") ||
      isNode(to) ||
      [
        "@google-cloud/functions-framework",
        "@google-cloud/storage",
        "@google-cloud/tasks",
        "google-auth-library",
        "hono",
        "valibot",
      ].includes(to),
  },
  {
    from: /^functions\/github\//,
    says: "functions/github imports only itself, runtime and client libraries",
    allows: (to) => /^functions\/(github|runtime)\//.test(to) || isPackage(to),
  },
  {
    from: /^functions\/messages\//,
    says: "functions/messages imports only itself, hashing and valibot",
    allows: (to) =>
      to.startsWith("functions/messages/") || to === "node:crypto" || to === "valibot",
  },
  {
    from: /^functions\/scenarios\/adapters\//,
    says: "what meets the world for scenarios imports their logic, messages, runtime and client libraries; never a role",
    allows: (to) => /^functions\/(scenarios|messages|runtime)\//.test(to) || isPackage(to),
  },
  {
    from: /^functions\/viewer\//,
    says: "the pages' design language imports itself, what runtime says of requests, hashing, compression, Hono and what draws charts; it knows no system",
    allows: (to, { isType }) =>
      to.startsWith("functions/viewer/") ||
      to === "functions/runtime/lazy.ts" ||
      (isType && to.startsWith("functions/runtime/")) ||
      ["node:crypto", "node:util", "node:zlib"].includes(to) ||
      ["hono", "hono/html", "@observablehq/plot", "linkedom"].includes(to),
  },
  {
    from: OUTSIDE,
    says: "a role's entry and adapters import its own files, messages, runtime, github, bridge, scenarios, the viewer and client libraries; never another role",
    allows: (to, { from }) =>
      roleOf(to) === roleOf(from) ||
      /^functions\/(messages|runtime|github|bridge|scenarios|viewer)\//.test(to) ||
      isPackage(to),
  },
  {
    from: /^functions\//,
    says: "a role's logic imports its own files, messages, the logic of the bridge and of scenarios, the viewer and markup, runtime's outcomes, errors, leases and variables, valibot and parsers; clients, clocks and processes come through ports",
    allows: (to, { from, isType }) =>
      (roleOf(to) === roleOf(from) && !OUTSIDE.test(to)) ||
      to.startsWith("functions/messages/") ||
      (/^functions\/(bridge|scenarios)\//.test(to) && !OUTSIDE.test(to)) ||
      /^functions\/runtime\/(outcome|door\/refusal|errors|json|kept-lease|lease|patience|variables)\.ts$/.test(
        to,
      ) ||
      (isType && /^functions\/(runtime|github)\//.test(to)) ||
      // Hashing and decoding are arithmetic.
      to === "node:crypto" ||
      to === "node:string_decoder" ||
      to.startsWith("functions/viewer/") ||
      ["eventsource-parser", "hono/html", "valibot"].includes(to) ||
      (isType && ["google-auth-library", "hono", "node:http"].includes(to)),
  },
  {
    from: /^infra\/(google\/(kind|condition|agent|services|[^/]+\/kinds)|access)\.ts$/,
    says: "kinds and rows import nothing that runs",
    allows: (to) => KINDS.test(to),
  },
  {
    from: /^infra\/google\//,
    says: "what is made of one API knows its own folder, kinds, rows, secrets and Pulumi: no other API's folder, no component, no system and no config",
    allows: (to, { from }) =>
      to.startsWith(`${dirname(from)}/`) ||
      KINDS.test(to) ||
      to === "infra/secret.ts" ||
      isPackage(to),
  },
  {
    from: /^infra\/components\//,
    says: "a component knows no system and no config: it imports components, rows, what is made of Google's APIs, and Pulumi",
    allows: (to, { isType }) =>
      /^infra\/(components|google)\//.test(to) ||
      to === "infra/access.ts" ||
      isPackage(to) ||
      (isType && to === "infra/bundle/bundle.ts"),
  },
  {
    from: /^infra\/(access|deployer|secret|takeover)\.ts$/,
    says: "what systems are made of knows no system and no config",
    allows: (to) => KINDS.test(to) || isNode(to),
  },
  {
    from: /^infra\/config\//,
    says: "the config knows no system",
    allows: (to) => to.startsWith("infra/config/") || to === "infra/secret.ts" || isPackage(to),
  },
  {
    from: /^infra\/bundle\//,
    says: "what makes bundles knows nothing of what is deployed",
    allows: (to) => to.startsWith("infra/bundle/") || isPackage(to),
  },
  {
    from: /^infra\/systems\/[^/]+\//,
    says: "a system knows no other: it imports its own folder, what systems are made of, and what commands share",
    allows: (to, { from, isType }) =>
      to.startsWith(`${serviceOf(from)}/`) ||
      /^infra\/(components|google|config)\//.test(to) ||
      /^infra\/commands\/(arguments|command)\.ts$/.test(to) ||
      /^infra\/(access|secret|system-component|takeover)\.ts$/.test(to) ||
      isPackage(to) ||
      (isType && /^infra\/(system|bundle\/bundle)\.ts$/.test(to)) ||
      (isType && /^functions\/[^/]+\/env\.ts$/.test(to)),
  },
  {
    from: /^infra\//,
    says: "infra meets functions by bundle path and by the type of a role's env, and never meets local",
    allows: (to, { isType }) =>
      to.startsWith("infra/") ||
      isPackage(to) ||
      (isType && /^functions\/[^/]+\/env\.ts$/.test(to)),
  },
  {
    from: /^local\/declared\/(record|recorded|further|stack-values|secrets|secrets-codec|bundle-thread|problem)\.ts$/,
    says: "only what records, bundles and explains the program meets it",
    allows: (to) => to.startsWith("infra/") || to.startsWith("local/") || isPackage(to),
  },
  {
    from: /^local\/google\/[^/]+\//,
    says: "a Google service imports its own folder, its kinds, the clock, errors, HTTP shapes, IAM types and the descriptors' types; never another service, never a wire format",
    allows: (to, { from, isType }) =>
      to.startsWith(`${serviceOf(from)}/`) ||
      (!/^local\/google\/[^/]+\//.test(to) && isType) ||
      KINDS.test(to) ||
      /^local\/(clock|errors|log|http\/(message|own-bytes|routes)|iam\/types|google\/(api|iam-methods|iam-policy|iam-rest|pages|service|system-parameters))\.ts$/.test(
        to,
      ) ||
      to === "infra/secret.ts" ||
      isNode(to) ||
      ["@google-cloud/tasks/build/protos", "valibot"].includes(to),
  },
  {
    from: /^local\/outside\/[^/]+\//,
    says: "a stand-in of the outside world imports its own folder, what stand-ins share, HTTP and its routes, the clock and the log; it knows no system",
    allows: (to, { from }) =>
      to.startsWith(`${serviceOf(from)}/`) ||
      /^local\/outside\/[^/]+\.ts$/.test(to) ||
      /^local\/(clock|log|http\/(message|routes))\.ts$/.test(to) ||
      isPackage(to),
  },
  {
    from: /^local\/gateway\//,
    says: "the gateway knows wire formats and identities, and no simulator by name",
    allows: (to) =>
      /^local\/(gateway|identity|iam)\//.test(to) ||
      /^local\/(errors|log|http\/(message|server|node|request-target)|google\/api)\.ts$/.test(to) ||
      isPackage(to),
  },
  {
    from: /^local\/systems\/[^/]+\//,
    says: "a system knows no other: it imports its own folder, stand-ins, what is declared, and of infra what it needs of the outside",
    allows: (to, { from, isType }) =>
      to.startsWith(`${serviceOf(from)}/`) ||
      /^local\/(outside|declared|demo|host|iam|google\/[^/]+\/declared\.ts)/.test(to) ||
      /^local\/(systems\/ready|systems\/system|http\/message|local-cloud|log|own-program|run-folder)\.ts$/.test(
        to,
      ) ||
      to === "infra/commands/arguments.ts" ||
      (isType && to === `infra/systems/${from.split("/")[2] ?? ""}/outside.ts`) ||
      (isPackage(to) && !to.startsWith("@pulumi/")),
  },
  {
    from: /^local\//,
    says: "local meets the program only through the record and the kinds of resources, and shares its commands' words",
    allows: (to, { isType }) =>
      to.startsWith("local/") ||
      KINDS.test(to) ||
      /^infra\/(commands\/arguments|google\/short-names)\.ts$/.test(to) ||
      (isPackage(to) && (isType || !to.startsWith("@pulumi/"))),
  },
];

describe("imports", () => {
  const imports = ["functions", "infra", "local"].flatMap(filesIn).flatMap(importsOf);

  for (const rule of RULES) {
    it(rule.says, () => {
      const broken = imports.filter(
        (each) => ruleOf(each.from) === rule && !rule.allows(each.to, each),
      );
      expect(broken.map(({ from, to }) => `${from} → ${to}`)).to.deep.equal([]);
    });
  }

  it("reaches systems from the platform through their list only", () => {
    const named = imports.filter(
      ({ from, to }) => /^local\/systems\/[^/]+\//.test(to) && !from.startsWith("local/systems/"),
    );
    expect(named).to.deep.equal([]);
  });

  it("knows Pulumi's mocks in local/declared/record.ts only", () => {
    const users = filesIn("local").filter((file) =>
      readFileSync(join(ROOT, file), "utf8").includes("setMocks"),
    );
    expect(users).to.deep.equal(["local/declared/record.ts"]);
  });

  it("leads from no file back to it, types included", () => {
    const all = [...imports, ...filesIn("test").flatMap(importsOf)];
    expect(circling(all)).to.deep.equal([]);
  });

  it("finds imports at all", () => {
    expect(imports.length).to.be.greaterThan(100);
  });
});

function ruleOf(file: string): Rule | undefined {
  return RULES.find(({ from }) => from.test(file));
}

function filesIn(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)));
}

function importsOf(from: string): Import[] {
  const source = readFileSync(join(ROOT, from), "utf8");
  const statements = source.matchAll(
    /^(?:import|export)(?<type> type)?\s(?:[^;"]*?\sfrom\s)?"(?<named>[^"]+)"|import\("(?<lazy>[^"]+)"\)/gm,
  );
  return [...statements].map(({ groups = {} }) => {
    const specifier = groups.named ?? groups.lazy ?? "";
    const to = specifier.startsWith(".") ? posix.join(dirname(from), specifier) : specifier;
    return { from, to, isType: groups.type !== undefined };
  });
}

/** The files that are on a circle of imports, or between two. */
function circling(imports: readonly Import[]): string[] {
  const among = (files: ReadonlySet<string>): readonly Import[] =>
    imports.filter(({ from, to }) => files.has(from) && files.has(to));
  let files = new Set(imports.map(({ from }) => from));
  for (;;) {
    const left = among(files);
    const imported = new Set(left.map(({ to }) => to));
    const kept = new Set(left.map(({ from }) => from).filter((file) => imported.has(file)));
    if (kept.size === files.size) return [...files];
    files = kept;
  }
}
