/**
 * The environment that puts an unmodified program inside the local cloud. Every variable is one that the program's own
 * libraries read; no code of ours looks at any of them.
 */

/** A role reaches the world as in the cloud: through the gateway, as one identity. */
export interface RoleEnvironment {
  /** `http://127.0.0.1:49152` */
  readonly proxyUrl: string;
  /** The local authority's certificate as a PEM file. */
  readonly caFile: string;
  /** `127.0.0.1:49153`: the metadata server of the identity. */
  readonly metadataHost: string;
  readonly projectId: string;
  /** A throwaway folder, which keeps a person's own gcloud credentials out: libraries look there before they ask the metadata server. */
  readonly gcloudConfigFolder: string;
}

export interface ClientEnvironment extends RoleEnvironment {
  readonly region: string;
}

const WITHHELD_NAMES = new Set([
  // Credentials of a person's own come before the metadata server.
  "GOOGLE_APPLICATION_CREDENTIALS",
  "google_application_credentials",
  "GOOGLE_CREDENTIALS",
  "GOOGLE_OAUTH_ACCESS_TOKEN",
  "GOOGLE_IMPERSONATE_SERVICE_ACCOUNT",
  "CLOUDSDK_CORE_ACCOUNT",
  // Emulators would be asked in the gateway's place.
  "FIRESTORE_EMULATOR_HOST",
  "PUBSUB_EMULATOR_HOST",
  "STORAGE_EMULATOR_HOST",
  // grpc-js prefers it to https_proxy; curl and requests fall back to the other two.
  "grpc_proxy",
  "all_proxy",
  "ALL_PROXY",
  // No metadata server is asked at all under these.
  "NO_GCE_CHECK",
  "CLOUDSDK_CORE_CHECK_GCE_METADATA",
]);

/** Sections of gcloud's properties: `gcloud topic configurations`, `CLOUDSDK_SECTION_PROPERTY`. */
const WITHHELD_SECTIONS = [
  // Tokens, key files, impersonation.
  "CLOUDSDK_AUTH_",
  // gcloud prefers its own proxy to https_proxy.
  "CLOUDSDK_PROXY_",
  // Other hosts than Google's real ones.
  "CLOUDSDK_API_ENDPOINT_OVERRIDES_",
];

/** Whether a variable of a person's shell must not be passed on: it would lead a client past the identity or the gateway. */
export function isWithheld(name: string): boolean {
  return WITHHELD_NAMES.has(name) || WITHHELD_SECTIONS.some((section) => name.startsWith(section));
}

/** Loopback is reached directly: metadata servers, a person's own workers. */
const NO_PROXY = "127.0.0.1,localhost,::1";

/** For the process of a role and for what it starts (git, OpenTofu). */
export function roleEnvironment(options: RoleEnvironment): Record<string, string> {
  const { proxyUrl, caFile, metadataHost, projectId, gcloudConfigFolder } = options;
  return {
    // grpc-js and curl read the lower-case names only, some Java and Ruby programs the upper-case ones.
    https_proxy: proxyUrl,
    HTTPS_PROXY: proxyUrl,
    // Plain HTTP to the outside is refused by the gateway instead of leaving the machine.
    http_proxy: proxyUrl,
    HTTP_PROXY: proxyUrl,
    no_proxy: NO_PROXY,
    NO_PROXY,
    // Node's fetch and http ignore the proxy without it.
    NODE_USE_ENV_PROXY: "1",
    // Node's TLS, beside its own roots.
    NODE_EXTRA_CA_CERTS: caFile,
    // gRPC for Node and Python.
    GRPC_DEFAULT_SSL_ROOTS_FILE_PATH: caFile,
    // Go and whatever uses OpenSSL's defaults.
    SSL_CERT_FILE: caFile,
    GIT_SSL_CAINFO: caFile,
    CURL_CA_BUNDLE: caFile,
    // Python's requests, through which google-auth calls iamcredentials.
    REQUESTS_CA_BUNDLE: caFile,
    GCE_METADATA_HOST: metadataHost,
    // Python's google-auth pings this address before it believes in the host above.
    GCE_METADATA_IP: metadataHost,
    // google-auth-library for Node does not ping at all then.
    METADATA_SERVER_DETECTION: "assume-present",
    // Without it the Node clients start gcloud to learn the project: half a second on the first call.
    GOOGLE_CLOUD_PROJECT: projectId,
    CLOUDSDK_CONFIG: gcloudConfigFolder,
  };
}

/** For any program of a person's: Node, Python, Go, curl, git, gcloud, Terraform. */
export function clientEnvironment(options: ClientEnvironment): Record<string, string> {
  const { caFile, metadataHost, projectId, region } = options;
  return {
    ...roleEnvironment(options),
    // gcloud knows the metadata server by this name only.
    GCE_METADATA_ROOT: metadataHost,
    CLOUDSDK_CORE_CUSTOM_CA_CERTS_FILE: caFile,
    CLOUDSDK_CORE_PROJECT: projectId,
    CLOUDSDK_CORE_DISABLE_PROMPTS: "1",
    // Both would call hosts that have nothing to do with the command.
    CLOUDSDK_CORE_DISABLE_USAGE_REPORTING: "true",
    CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK: "true",
    CLOUDSDK_RUN_REGION: region,
    CLOUDSDK_FUNCTIONS_REGION: region,
    // Terraform's and OpenTofu's google provider.
    GOOGLE_PROJECT: projectId,
    GOOGLE_REGION: region,
  };
}
