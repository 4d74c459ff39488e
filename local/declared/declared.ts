/**
 * The recorded program as typed, plain values: what the local cloud runs. Pure: no port is opened, no file is read.
 * Whatever the program declares is in it, is known to have no meaning locally, or is a problem; nothing is dropped.
 */
import { rowKey } from "../../infra/access.ts";
import { conditionText } from "../../infra/google/condition.ts";
import { customRole } from "../../infra/google/iam/kinds.ts";
import type { Kind } from "../../infra/google/kind.ts";
import { KINDS } from "../../infra/google/services.ts";
import { DECLARES } from "../google/declares.ts";
import type { Common, DeclaresService, Roles, Slice } from "../google/service.ts";
import type { ServiceSpec } from "../host/spec.ts";
import { conditionProblems } from "../iam/condition-problems.ts";
import { RoleTable } from "../iam/roles.ts";
import type { Binding, ServiceAccount } from "../iam/types.ts";
import { memberReaders, type DeclaredMember } from "./members.ts";
import type { Recording, Registration } from "./record.ts";
import { saidTwice } from "./said-twice.ts";

/** What a system needs of the outside world: noun → things. */
export type Outside = Recording["platform"]["outside"][string];

/** What people and other programs call. */
export type EntryPoint = Recording["platform"]["entryPoints"][number];

export interface Declared {
  readonly projectId: string;
  readonly projectNumber: string;
  readonly region: string;
  /** The person at the laptop: `user:developer@example.com`. */
  readonly developer: `user:${string}`;
  /** Service → what is declared of it; `sliceOf` tells its type. */
  readonly slices: Readonly<Record<string, Slice>>;
  readonly serviceAccounts: readonly ServiceAccount[];
  readonly services: readonly ServiceSpec[];
  /** What answers for services that the program names and does not declare. */
  readonly standIns: readonly ServiceSpec[];
  /** System → what it needs of the outside world. Has each system of the stack. */
  readonly outside: Readonly<Record<string, Outside>>;
  readonly entryPoints: readonly EntryPoint[];
  /** Roles that the program makes: `projects/P/roles/R` → permissions. */
  readonly customRoles: Roles;
  /** `role` and `google` rows; what deploying needs has no meaning here. */
  readonly bindings: readonly Binding[];
}

/** All that keeps a program from running locally, one sentence each. */
export class ProgramProblems extends Error {
  override readonly name = "ProgramProblems";
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(["This program cannot run locally:", ...problems.map((p) => `  - ${p}`)].join("\n"));
    this.problems = problems;
  }
}

/** The lists that a program is read by; tests add to them. */
export interface Known {
  /** Default: all of Google's services that there are. */
  readonly services?: readonly DeclaresService[];
  /** Default: all kinds of resources that there are. */
  readonly kinds?: readonly Kind[];
}

/** What is declared of a service. */
export function sliceOf<S extends Slice>(
  { slices }: Pick<Declared, "slices">,
  { name, empty }: Pick<DeclaresService<S>, "name" | "empty">,
): S {
  // A slice is only ever filled by the service of its name.
  return (slices[name] as S | undefined) ?? empty();
}

/** The same with another slice of a service. */
export function withSlice<S extends Slice>(
  declared: Declared,
  { name }: Pick<DeclaresService<S>, "name">,
  slice: NoInfer<S>,
): Declared {
  return { ...declared, slices: { ...declared.slices, [name]: slice } };
}

/** What a recorded program declares, without what stands in for the rest of the world. Throws an ProgramProblems with every problem. */
export function declared(recording: Recording, known: Known = {}): Declared {
  const { services = DECLARES, kinds = KINDS } = known;
  const { config, platform, registrations } = recording;
  const { slices, common, members, ...gathered } = gather(registrations, config, services, kinds);
  const problems = [...gathered.problems, ...saidTwice(slices, common)];
  for (const service of services) {
    problems.push(...(service.check?.(sliceOf({ slices }, service)) ?? []));
  }
  const specs = common.services.map((spec) => {
    const folder = common.archives.get(spec.source);
    if (folder === undefined) {
      problems.push(`Service ${spec.name}: no archive ${spec.source} is declared.`);
    }
    return { ...spec, folder: folder ?? "" };
  });
  const customRoles = Object.assign(
    {},
    ...services.map((service) => service.customRoles?.(sliceOf({ slices }, service))),
  ) as Roles;
  problems.push(...customRoleProblems(customRoles, platform.rows, services));
  const roles = new RoleTable([...services.map((service) => service.roles), customRoles]);
  const bindings = bindingsOf(members, platform.rows, roles, problems);
  problems.push(...conditionProblems(members, kinds));
  if (problems.length > 0) throw new ProgramProblems(problems);
  return {
    projectId: config.project,
    projectNumber: config.projectNumber,
    region: config.region,
    developer: `user:${config.developer}`,
    slices,
    serviceAccounts: common.serviceAccounts,
    services: specs,
    standIns: [],
    outside: platform.outside,
    entryPoints: platform.entryPoints,
    customRoles,
    bindings,
  };
}

/** `gcp:projects/iAMBinding:IAMBinding`, `gcp:cloudtasks/queueIamPolicy:QueueIamPolicy` */
const AUTHORITATIVE = /IAM(Binding|Policy)$/i;

interface Gathered {
  readonly slices: Readonly<Record<string, Slice>>;
  readonly common: Common;
  readonly members: readonly DeclaredMember[];
  readonly problems: readonly string[];
}

function gather(
  registrations: readonly Registration[],
  { project, projectNumber }: Recording["config"],
  services: readonly DeclaresService[],
  kinds: readonly Kind[],
): Gathered {
  const common: Common = {
    project,
    projectNumber,
    services: [],
    serviceAccounts: [],
    archives: new Map(),
  };
  const slices = Object.fromEntries(services.map((each) => [each.name, each.empty()]));
  const readers = memberReaders(kinds);
  const members: DeclaredMember[] = [];

  function problemsOf({ type, inputs }: Registration): readonly string[] {
    if (AUTHORITATIVE.test(type)) {
      return [
        "an authoritative binding replaces members that others have added, Google's own agents among them. Add one IAM member per row instead.",
      ];
    }
    const member = readers.get(type)?.(inputs);
    if (member !== undefined) {
      if ("member" in member) members.push(member);
      return "member" in member ? [] : member;
    }
    const service = services.find(({ declares }) => Object.hasOwn(declares, type));
    const meaning = service?.declares[type];
    if (service === undefined || meaning === undefined) {
      return [
        "local mode does not know this type. Let a service in local/google declare it, be it as without local meaning.",
      ];
    }
    if (meaning.meaning === "none") return [];
    return meaning.read(inputs, sliceOf({ slices }, service), common);
  }

  const problems = registrations
    .filter(({ isCustom }) => isCustom)
    .flatMap((each) =>
      problemsOf(each).map((problem) => `${each.type} "${each.name}": ${problem}`),
    );
  return { slices, common, members, problems };
}

/** A custom role is of use to a row, and holds what Google offers for such roles. */
function customRoleProblems(
  roles: Roles,
  rows: Recording["platform"]["rows"],
  services: readonly DeclaresService[],
): string[] {
  const supported = new Set(services.flatMap(({ offered }) => offered?.supported ?? []));
  const notSupported = new Set(services.flatMap(({ offered }) => offered?.notSupported ?? []));
  return Object.entries(roles).flatMap(([name, permissions]) => [
    ...(rows.some(({ role }) => role === name) ? [] : [`No row grants the custom role ${name}.`]),
    ...permissions
      .filter((permission) => !supported.has(permission))
      .map((permission) =>
        notSupported.has(permission)
          ? `${name}: Google does not offer ${permission} for custom roles.`
          : `${name}: it is not known whether Google offers ${permission} for custom roles. Look it up, and name it in \`offered\` of its service's roles.ts in local/google.`,
      ),
  ]);
}

/** Every member needs its row and every row of ours its member, so that what is printed is what is enforced. */
function bindingsOf(
  members: readonly DeclaredMember[],
  rows: Recording["platform"]["rows"],
  roles: RoleTable,
  problems: string[],
): Binding[] {
  const key = ({ member, ...rest }: DeclaredMember): string =>
    rowKey({ principal: member, ...rest });
  const kinds = new Map(rows.map((row) => [rowKey(row), row.kind]));
  const bindings: Binding[] = [];
  for (const binding of members) {
    const kind = kinds.get(key(binding));
    if (kind === undefined) {
      const { member, role, resource, condition } = binding;
      problems.push(
        `${member} has ${role} on ${resource}${conditionText(condition)}, but no row of the access matrix says so.`,
      );
    } else if (kind === "role") {
      bindings.push({ ...binding, kind });
    }
  }
  const granted = new Set(members.map(key));
  for (const row of rows) {
    const { kind, principal, role, resource } = row;
    if (kind === "google") bindings.push({ member: principal, role, resource, kind });
    else if (!granted.has(rowKey(row))) {
      problems.push(`The row "${rowKey(row)}" has no resource in the program.`);
    }
  }
  for (const role of new Set(bindings.map((binding) => binding.role))) {
    if (roles.permissionsOf(role) === undefined) {
      problems.push(
        customRole.parse(role) === undefined
          ? `The permissions of ${role} are not known. Add the role to its service's roles.ts in local/google.`
          : `The permissions of ${role} are not known: nothing declares that custom role. Name it in its system's customRoles.`,
      );
    }
  }
  return bindings;
}
