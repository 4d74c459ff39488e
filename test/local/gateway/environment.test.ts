import { expect } from "chai";
import {
  clientEnvironment,
  isWithheld,
  roleEnvironment,
} from "../../../local/gateway/environment.ts";

const OPTIONS = {
  proxyUrl: "http://127.0.0.1:1",
  caFile: "/tmp/ca.pem",
  metadataHost: "127.0.0.1:2",
  projectId: "p",
  region: "us-central1",
  gcloudConfigFolder: "/tmp/gcloud",
};

describe("environment", () => {
  it("gives a role what its clients and their children read", () => {
    expect(roleEnvironment(OPTIONS)).to.deep.equal({
      https_proxy: "http://127.0.0.1:1",
      HTTPS_PROXY: "http://127.0.0.1:1",
      http_proxy: "http://127.0.0.1:1",
      HTTP_PROXY: "http://127.0.0.1:1",
      no_proxy: "127.0.0.1,localhost,::1",
      NO_PROXY: "127.0.0.1,localhost,::1",
      NODE_USE_ENV_PROXY: "1",
      NODE_EXTRA_CA_CERTS: "/tmp/ca.pem",
      GRPC_DEFAULT_SSL_ROOTS_FILE_PATH: "/tmp/ca.pem",
      SSL_CERT_FILE: "/tmp/ca.pem",
      GIT_SSL_CAINFO: "/tmp/ca.pem",
      CURL_CA_BUNDLE: "/tmp/ca.pem",
      REQUESTS_CA_BUNDLE: "/tmp/ca.pem",
      GCE_METADATA_HOST: "127.0.0.1:2",
      GCE_METADATA_IP: "127.0.0.1:2",
      METADATA_SERVER_DETECTION: "assume-present",
      GOOGLE_CLOUD_PROJECT: "p",
      CLOUDSDK_CONFIG: "/tmp/gcloud",
    });
  });

  it("gives a person's program the same and what gcloud and Terraform read besides", () => {
    expect(clientEnvironment(OPTIONS)).to.deep.equal({
      ...roleEnvironment(OPTIONS),
      GCE_METADATA_ROOT: "127.0.0.1:2",
      CLOUDSDK_CORE_CUSTOM_CA_CERTS_FILE: "/tmp/ca.pem",
      CLOUDSDK_CORE_PROJECT: "p",
      CLOUDSDK_CORE_DISABLE_PROMPTS: "1",
      CLOUDSDK_CORE_DISABLE_USAGE_REPORTING: "true",
      CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK: "true",
      CLOUDSDK_RUN_REGION: "us-central1",
      CLOUDSDK_FUNCTIONS_REGION: "us-central1",
      GOOGLE_PROJECT: "p",
      GOOGLE_REGION: "us-central1",
    });
  });

  it("withholds what leads past the identity or past the gateway, and nothing else", () => {
    const withheld = [
      ...["GOOGLE_APPLICATION_CREDENTIALS", "all_proxy", "PUBSUB_EMULATOR_HOST", "NO_GCE_CHECK"],
      ...["CLOUDSDK_PROXY_ADDRESS", "CLOUDSDK_PROXY_PORT", "CLOUDSDK_PROXY_TYPE"],
      ...["CLOUDSDK_PROXY_USERNAME", "CLOUDSDK_PROXY_PASSWORD", "CLOUDSDK_AUTH_ACCESS_TOKEN"],
      "CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDTASKS",
    ];
    const kept = ["PATH", "HOME", "CLOUDSDK_PYTHON", "GOOGLE_CLOUD_PROJECT"];

    expect([...withheld, ...kept].filter(isWithheld)).to.deep.equal(withheld);
  });

  it("sets no variable that it withholds", () => {
    expect(Object.keys(clientEnvironment(OPTIONS)).filter(isWithheld)).to.deep.equal([]);
  });
});
