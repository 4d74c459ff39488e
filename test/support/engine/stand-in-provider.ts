/**
 * Stands in for Pulumi's `gcp` plugin: keeps what it is given, computes what Google would compute, calls nobody.
 * The CLI starts it as `pulumi-resource-gcp`.
 */
import { isDeepStrictEqual } from "node:util";
import { runtime } from "@pulumi/pulumi";
import providerServices from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import * as provider from "@pulumi/pulumi/provider/index.js";
import { computedOutputs } from "../../../local/declared/computed.ts";
import { Struct } from "./sdk-messages.ts";
import { plainProperties, type Properties } from "./values.ts";

/** Inputs that make a resource this one and not another: a change of theirs is a replacement, as at Google. */
const IDENTITY_INPUTS = ["accountId", "bucket", "location", "member", "name", "project", "role"];

const standIn: provider.Provider = {
  version: "9.37.0",
  check: (_urn, _olds: Properties, news: Properties) => Promise.resolve({ inputs: news }),
  create: (urn, inputs: Properties) => Promise.resolve(computed(urn, inputs)),
  update: (_id, urn, _olds: Properties, news: Properties) => Promise.resolve(computed(urn, news)),
  delete: () => Promise.resolve(),
  read: (id, urn) => {
    const inputs = inputsBehind(id, typeOf(urn));
    return Promise.resolve({ id, inputs, props: computed(urn, inputs).outs });
  },
  diff: (_id, urn, olds: Properties, news: Properties) => {
    const before = withoutPaths(olds);
    const after = withoutPaths(computed(urn, news).outs);
    const replaces = IDENTITY_INPUTS.filter((key) => !isDeepStrictEqual(before[key], after[key]));
    return Promise.resolve({ changes: !isDeepStrictEqual(before, after), replaces });
  },
};

function computed(urn: string, inputs: Properties): { id: string; outs: Properties } {
  const name = urn.split("::").at(-1) ?? "";
  const { id, state } = computedOutputs(typeOf(urn), name, plainProperties(inputs));
  return { id, outs: { ...state, ...inputs } };
}

function typeOf(urn: string): string {
  return urn.split("::")[2]?.split("$").at(-1) ?? "";
}

/** What an import finds: no more than the id says, `projects/…` and, for a binding, the role and the member. */
function inputsBehind(id: string, type: string): Properties {
  const [resource = "", role, member] = id.split(" ");
  const binding = role === undefined ? {} : { role, member };
  const [, project, , location, name = ""] =
    /^projects\/([^/]+)(\/locations\/([^/]+))?\/[^/]+\/([^/]+)$/.exec(resource) ?? [];
  if (type === "gcp:serviceaccount/account:Account") {
    return { project, accountId: name.split("@")[0] };
  }
  if (type === "gcp:serviceaccount/iAMMember:IAMMember") {
    return { serviceAccountId: resource, ...binding };
  }
  // Topics and subscriptions are of no location.
  return { project, ...(location !== undefined && { location }), name, ...binding };
}

/** An archive or a file is what it holds, wherever it lies. */
function withoutPaths(properties: Properties): Properties {
  return Object.fromEntries(
    Object.entries(properties).map(([key, value]) => [key, isUpload(value) ? value.hash : value]),
  );
}

function isUpload(value: unknown): value is { hash: string } {
  if (typeof value !== "object" || value === null || !(runtime.specialSigKey in value))
    return false;
  const kind = value[runtime.specialSigKey];
  return kind === runtime.specialArchiveSig || kind === runtime.specialAssetSig;
}

// The SDK's server takes for granted that a resource which is read has properties; one that is imported has none.
const { read } = providerServices.ResourceProviderService;
const { requestDeserialize } = read;
read.requestDeserialize = (bytes) => {
  const request = requestDeserialize(bytes);
  return request.hasProperties() ? request : request.setProperties(new Struct());
};

await provider.main(standIn, process.argv.slice(2));
