/** Where and how a subscription is pushed: checked, and back to the proto form. Source: pubsub.proto, PushConfig. */
import type { protos } from "@google-cloud/pubsub";
import { ApiError } from "../../../errors.ts";
import { invalid, refuseUnsupported } from "../fields.ts";

type PushConfig = protos.google.pubsub.v1.IPushConfig;

export interface PushSettings {
  readonly endpoint: string;
  /** The audience is the endpoint where none is set. */
  readonly oidcToken: { readonly email: string; readonly audience: string } | undefined;
}

/** `pubsubWrapper` is what an unset wrapper means; the names of oneofs come along from some clients. */
const FIELDS = new Set([
  ...["pushEndpoint", "attributes", "oidcToken", "pubsubWrapper"],
  ...["authenticationMethod", "wrapper"],
]);
const VERSION = "x-goog-version";

/** Undefined for a config without an endpoint, which means pull. Throws as the settings of a subscription do. */
export function pushSettingsOf(config: PushConfig | null | undefined): PushSettings | undefined {
  if (config === null || config === undefined) return undefined;
  refuseUnsupported(config, "PushConfig", FIELDS);
  for (const [name, value] of Object.entries(config.attributes ?? {})) checkAttribute(name, value);
  const endpoint = config.pushEndpoint ?? "";
  const oidcToken = oidcTokenOf(config, endpoint);
  if (endpoint === "") {
    // The service's words: googleapis/nodejs-pubsub#1111.
    if (oidcToken !== undefined) throw badEndpoint();
    return undefined;
  }
  if (!isEndpoint(endpoint)) throw badEndpoint();
  return { endpoint, oidcToken };
}

/** As in a Subscription. */
export function pushConfigMessage(push: PushSettings | undefined): PushConfig {
  if (push === undefined) return {};
  const { endpoint, oidcToken } = push;
  return {
    pushEndpoint: endpoint,
    attributes: { [VERSION]: "v1" },
    ...(oidcToken && {
      oidcToken: { serviceAccountEmail: oidcToken.email, audience: oidcToken.audience },
    }),
  };
}

/**
 * The service takes HTTPS only (cloud.google.com/pubsub/docs/push). An address of this machine may do without, as on
 * Google's emulator: nobody can mistake it for an endpoint in the cloud.
 */
function isEndpoint(endpoint: string): boolean {
  const url = URL.parse(endpoint);
  if (url?.protocol === "https:") return true;
  return url?.protocol === "http:" && /^(localhost|127\.[\d.]+|\[::1\])$/.test(url.hostname);
}

function oidcTokenOf({ oidcToken }: PushConfig, endpoint: string): PushSettings["oidcToken"] {
  if (oidcToken === null || oidcToken === undefined) return undefined;
  const { serviceAccountEmail, audience } = oidcToken;
  if ((serviceAccountEmail ?? "") === "") {
    throw invalid("PushConfig.oidcToken.serviceAccountEmail is required.");
  }
  const isDefault = audience === null || audience === undefined || audience === "";
  return { email: serviceAccountEmail ?? "", audience: isDefault ? endpoint : audience };
}

function checkAttribute(name: string, value: string): void {
  if (name !== VERSION) throw invalid(`PushConfig.attributes has an unknown ${name}.`);
  if (value === "v1" || value === "v1beta2") return;
  throw new ApiError("UNIMPLEMENTED", `The local Pub/Sub pushes ${VERSION} v1 only, not ${value}.`);
}

function badEndpoint(): ApiError {
  return invalid(
    "You have passed an invalid argument to the service (argument=PushConfig::push_endpoint).",
  );
}
