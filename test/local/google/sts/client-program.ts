/** Google's own clients with a token that sees one tenant, signed URLs, and the name of another account. Prints JSON. */
import { Storage, type Bucket } from "@google-cloud/storage";
import { DownscopedClient, GoogleAuth, Impersonated } from "google-auth-library";

const [name = "", signer = ""] = process.argv.slice(2);
const auth = new GoogleAuth({ scopes: "https://www.googleapis.com/auth/cloud-platform" });
const authClient = await auth.getClient();
const projectId = await auth.getProjectId();
const whole = new Storage().bucket(name);
const never = { retryOptions: { autoRetry: false } };

const objects = `projects/_/buckets/${name}/objects/t1/`;
const tenant = new DownscopedClient({
  authClient,
  credentialAccessBoundary: {
    accessBoundary: {
      accessBoundaryRules: [
        {
          availableResource: `//storage.googleapis.com/projects/_/buckets/${name}`,
          availablePermissions: ["inRole:roles/storage.objectUser"],
          availabilityCondition: {
            expression:
              `resource.name.startsWith('${objects}') || ` +
              `api.getAttribute('storage.googleapis.com/objectListPrefix', '').startsWith('t1/')`,
          },
        },
      ],
    },
  },
});

function asTenant(): Bucket {
  return new Storage({ authClient: tenant, projectId, ...never }).bucket(name);
}

const scenarios: Readonly<Record<string, () => Promise<unknown>>> = {
  tenant: async () => {
    await whole.file("t1/a").save("one", { resumable: false });
    await whole.file("t2/a").save("two", { resumable: false });
    const own = asTenant();
    return {
      read: await outcome(own.file("t1/a").download()),
      readOther: await outcome(own.file("t2/a").download()),
      listed: (await own.getFiles({ prefix: "t1/" }))[0].map((file) => file.name),
      listOther: await outcome(own.getFiles({ prefix: "t2/" })),
      listAll: await outcome(own.getFiles()),
      write: await outcome(own.file("t1/b").save("b", { resumable: false })),
      writeOther: await outcome(own.file("t2/b").save("b", { resumable: false })),
      copyOut: await outcome(own.file("t1/a").copy("t2/copy")),
      copyIn: await outcome(own.file("t2/a").copy("t1/copy")),
      composeIn: await outcome(own.combine(["t1/a", "t2/a"], "t1/both")),
      moveWithin: await outcome(own.file("t1/b").moveFileAtomic("t1/c")),
      moveOut: await outcome(own.file("t1/c").moveFileAtomic("t2/c")),
      bucket: await outcome(own.getMetadata()),
    };
  },
  token: async () => {
    const { token, expirationTime } = await tenant.getAccessToken();
    const again = new DownscopedClient({
      authClient,
      credentialAccessBoundary: { accessBoundary: { accessBoundaryRules: [rule("objects.get")] } },
    });
    return {
      isAnother: token !== (await authClient.getAccessToken()).token,
      lastsAnHour: Math.abs((expirationTime ?? 0) - Date.now() - 3_600_000) < 60_000,
      refused: await again.getAccessToken().then(
        () => "done",
        (error: unknown) => String(error),
      ),
    };
  },
  signedUrls: async () => {
    const file = whole.file("t1/signed ü.txt");
    const expires = Date.now() + 60_000;
    const write = { version: "v4", action: "write", expires, contentType: "text/plain" } as const;
    const headers = { "content-type": "text/plain" };
    const [put] = await file.getSignedUrl(write);
    const written = await fetch(put, { method: "PUT", body: "signed", headers });
    const read = { version: "v4", action: "read", expires } as const;
    const [pathStyle] = await file.getSignedUrl(read);
    const [hostStyle] = await file.getSignedUrl({ ...read, virtualHostedStyle: true });
    const [saved] = await file.getSignedUrl({ ...read, promptSaveAs: "a b.txt" });
    const other = pathStyle.replace("signed%20", "other%20");
    return {
      hosts: [pathStyle, hostStyle].map((url) => new URL(url).host),
      written: written.status,
      contents: await Promise.all(
        [pathStyle, hostStyle].map(async (url) => (await fetch(url)).text()),
      ),
      disposition: (await fetch(saved)).headers.get("content-disposition"),
      withoutType: (await fetch(put, { method: "PUT", body: "signed" })).status,
      other: (await fetch(other)).status,
    };
  },
  resumable: async () => {
    const file = whole.file("t1/large");
    const expires = Date.now() + 60_000;
    const [url] = await file.getSignedUrl({ version: "v4", action: "resumable", expires });
    const begun = await fetch(url, { method: "POST", headers: { "x-goog-resumable": "start" } });
    const put = await fetch(begun.headers.get("location") ?? "", { method: "PUT", body: "large" });
    const [content] = await file.download();
    return { begun: begun.status, put: put.status, content: content.toString() };
  },
  impersonated: async () => {
    const other = new Impersonated({
      sourceClient: authClient,
      targetPrincipal: signer,
      targetScopes: ["https://www.googleapis.com/auth/cloud-platform"],
      lifetime: 600,
    });
    const bucket = new Storage({ authClient: other, projectId, ...never }).bucket(name);
    return {
      mayRead: await outcome(bucket.file("t1/a").download()),
      mayWrite: await outcome(bucket.file("t1/a").save("x", { resumable: false })),
      idToken: payloadOf(await other.fetchIdToken("https://a.test", { includeEmail: true })).email,
    };
  },
};

function rule(permission: string): {
  availableResource: string;
  availablePermissions: string[];
} {
  const availableResource = `//storage.googleapis.com/projects/_/buckets/${name}`;
  return { availableResource, availablePermissions: [`storage.${permission}`] };
}

/** `done`, or the code of the failure with what it says of a boundary. */
async function outcome(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
    return "done";
  } catch (error) {
    if (!(error instanceof Error)) return String(error);
    const code = "code" in error ? error.code : error.message;
    return error.message.includes("boundary of its token")
      ? `${String(code)} by the boundary`
      : code;
  }
}

function payloadOf(token: string): Readonly<Record<string, unknown>> {
  const text = Buffer.from(token.split(".")[1] ?? "", "base64url").toString();
  return JSON.parse(text) as Readonly<Record<string, unknown>>;
}

const results: Record<string, unknown> = {};
for (const [scenario, run] of Object.entries(scenarios)) results[scenario] = await run();
console.log(JSON.stringify(results));
