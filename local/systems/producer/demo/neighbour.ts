/** What a tenant's storage token cannot see, and who says so. */
import type { Answer, Stage } from "../../../demo/stage.ts";
import type { Chapter } from "../../../demo/story.ts";
import { WHO } from "./calls.ts";

const STS = "https://sts.googleapis.com/v1/token";
const TYPE = "urn:ietf:params:oauth:token-type:access_token";

export const neighbour: Chapter<Stage> = {
  title: "The neighbour's files",
  why: "The consumer gets a storage token that is cut down to one tenant's prefix. The producer's account may read user-1/ and user-2/; a token that it makes for the first is to list that one, and neither the other nor the whole bucket.",
  play: async (stage, expect) => {
    const bucket = bucketOf(stage);
    const own = `${WHO.user}/${WHO.project}/${WHO.session}/`;
    const other = `user-2/${WHO.project}/${WHO.session}/`;
    const token = await tenantToken(stage, bucket, own);
    const answers: Answer[] = [];
    for (const prefix of [own, other, ""]) {
      answers.push(await stage.getGoogle(listOf(bucket, prefix), token, inShort));
    }
    const names = namesIn(answers[0]?.body);
    const isOwn = names.length > 0 && names.every((name) => name.startsWith(own));
    expect("what it lists", "its own files", isOwn ? "its own files" : "something else");
    const statuses = answers.map(({ status }) => status).join(", ");
    expect("its own, the neighbour's, all", "200, 403, 403", statuses);
    const account = await stage.tokenOf("producer");
    const { status } = await stage.call({ url: listOf(bucket, other), token: account });
    expect("the neighbour's, as the account itself", "200", String(status));
  },
};

function listOf(bucket: string, prefix: string): string {
  const query = new URLSearchParams({ prefix }).toString();
  return `https://storage.googleapis.com/storage/v1/b/${bucket}/o?${query}`;
}

function namesIn(body: unknown): readonly string[] {
  const { items = [] } = body as { readonly items?: readonly { readonly name: string }[] };
  return items.map(({ name }) => name);
}

/** The names, or the sentence: IAM's own line in the log says the rest. */
function inShort(body: unknown): unknown {
  const { error } = body as { readonly error?: { readonly message: string } };
  return error?.message.split(" Switchyard:")[0] ?? namesIn(body);
}

/** As the producer makes one for the consumer: its own, exchanged for one with a boundary. */
async function tenantToken(stage: Stage, bucket: string, prefix: string): Promise<string> {
  const objects = `projects/_/buckets/${bucket}/objects/${prefix}`;
  const listed = "api.getAttribute('storage.googleapis.com/objectListPrefix', '')";
  const expression = `resource.name.startsWith('${objects}') || ${listed}.startsWith('${prefix}')`;
  stage.quote(`TOKEN: the producer's, cut down to ${prefix}`, [expression]);
  const rule = {
    availableResource: `//storage.googleapis.com/projects/_/buckets/${bucket}`,
    availablePermissions: ["inRole:roles/storage.objectViewer"],
    availabilityCondition: { expression },
  };
  const options = { accessBoundary: { accessBoundaryRules: [rule] } };
  const body = new URLSearchParams({
    grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
    subject_token_type: TYPE,
    requested_token_type: TYPE,
    subject_token: await stage.tokenOf("producer"),
    options: JSON.stringify(options),
  });
  const answer = await stage.call({ url: STS, body });
  const { access_token: token } = answer.body as { access_token?: string };
  if (token === undefined) throw new Error(`the exchange answered ${answer.status}`);
  return token;
}

function bucketOf(stage: Stage): string {
  const bridge = stage.cloud.declared().services.find(({ name }) => name === "producer");
  return bridge?.env.GCS_BUCKET ?? "";
}
