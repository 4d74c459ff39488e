/** `npm run gcs-check`: says in words why a tenant's storage token is refused. */
import type { AuthClient } from "google-auth-library";
import { readArguments, UsageError } from "../../commands/arguments.ts";
import { requireSystem, runCommand, stackConfig } from "../../commands/command.ts";
import { ConfigError } from "../../config/errors.ts";
import { boundaryOf, bucketNamed, prefixNamed } from "./boundary.ts";
import { SYSTEM, workBucket } from "./names.ts";
import { findings, type Answer, type Ask } from "./gcs-findings.ts";

const USAGE = `Usage: npm run gcs-check -- --prefix PREFIX [--stack NAME | --bucket NAME]

Makes a token for one tenant, as the producer does, and asks Cloud Storage with it: testPermissions, a list and a read
below the prefix, and a list of the whole bucket, which has to be refused. Where something is wrong it says whether the
account's grants or the token's boundary are, and exits with 1. Nothing is written.

Uses the credentials of whoever runs it; for the producer's own, impersonate its account:
gcloud auth application-default login --impersonate-service-account=ACCOUNT
or, in the local cloud: npm run within -- --as producer npm run gcs-check -- …

  --prefix PREFIX  a tenant's prefix, as GCS_PREFIX_TEMPLATE makes it: USER/PROJECT/SESSION/
  --stack NAME     the stack whose work bucket is asked, by its Pulumi.NAME.yaml (default: dev)
  --bucket NAME    another bucket
  --help           this text`;

const SIGNS = { good: "ok   ", wrong: "WRONG", note: "note " } as const;

runCommand(async (args) => {
  const { values } = readArguments(args, {
    options: {
      prefix: { type: "string" },
      stack: { type: "string", default: "dev" },
      bucket: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  if (values.prefix === undefined) {
    throw new UsageError("--prefix is needed (--help says what there is)");
  }
  const bucket = bucketNamed(values.bucket ?? bucketOf(values.stack));
  const prefix = prefixNamed(values.prefix);
  const { account, tenant } = await clientsFor(bucket, prefix);
  const found = await findings({
    bucket,
    prefix,
    asAccount: askBy(account),
    asTenant: askBy(tenant),
  });
  for (const { kind, says } of found) console.log(`${SIGNS[kind]}  ${says}`);
  if (found.some(({ kind }) => kind === "wrong")) process.exitCode = 1;
});

function bucketOf(stack: string): string {
  const config = stackConfig(stack);
  requireSystem(config, SYSTEM, stack);
  return workBucket(config);
}

async function clientsFor(
  bucket: string,
  prefix: string,
): Promise<{ readonly account: AuthClient; readonly tenant: AuthClient }> {
  const { DownscopedClient, GoogleAuth } = await import("google-auth-library");
  const auth = new GoogleAuth({ scopes: "https://www.googleapis.com/auth/cloud-platform" });
  const account = await auth.getClient().catch((error: unknown) => {
    const how = "gcloud auth application-default login";
    throw new ConfigError(`There are no Google credentials here (${how}): ${wordsOf(error)}`, []);
  });
  const tenant = new DownscopedClient({
    authClient: account,
    credentialAccessBoundary: boundaryOf(bucket, prefix),
  });
  await account.getAccessToken().catch((error: unknown) => {
    throw new ConfigError(`Google gave no token: ${wordsOf(error)}`, []);
  });
  await tenant.getAccessToken().catch((error: unknown) => {
    throw new ConfigError(
      `No token for the tenant was made of the account's: ${wordsOf(error)}`,
      [],
    );
  });
  return { account, tenant };
}

function askBy(client: AuthClient): Ask {
  return async (path): Promise<Answer> => {
    const url = `https://storage.googleapis.com/storage/v1${path}`;
    const { status, data } = await client
      .request<unknown>({ url, validateStatus: () => true })
      .catch((error: unknown) => {
        throw new ConfigError(`Cloud Storage cannot be asked: ${wordsOf(error)}`, []);
      });
    return { status, body: data };
  };
}

/** The first line: what Google's client throws may hold a whole answer. */
function wordsOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split("\n")[0] ?? "";
}
