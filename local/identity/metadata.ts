/**
 * One metadata server per identity: who asks is known by where it asks.
 * Paths: cloud.google.com/compute/docs/metadata/predefined-metadata-keys and
 * cloud.google.com/run/docs/container-contract#metadata-server.
 */
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createHttpServer, reporter } from "../http/server.ts";
import type { Log } from "../log.ts";
import { urlOf } from "../http/request-target.ts";
import { uniqueId, type Issuer } from "./issuer.ts";
import { principalOfEmail } from "./principals.ts";

const ROOT = "/computeMetadata/v1";

/** A request of HTTP/1.0 may come without a Host header. */
const UNNAMED = "metadata.google.internal";

/**
 * Beside its own address. A web page that makes its own name resolve to loopback still sends that name, and must not
 * get a token; Google's server cannot be reached from a browser at all.
 */
const GOOGLE_NAMES = [UNNAMED, "169.254.169.254"];

/** The one scope that Cloud Run gives; what an account may do is IAM's to say. */
const SCOPES = [
  "https://www.googleapis.com/auth/cloud-platform",
  "https://www.googleapis.com/auth/userinfo.email",
  "openid",
] as const;

export interface MetadataOptions {
  /** A service account or a person. */
  readonly email: string;
  readonly projectId: string;
  readonly projectNumber: string;
  readonly region: string;
  readonly issuer: Issuer;
  readonly log: Log;
}

export interface MetadataServer {
  /** `127.0.0.1:49152`, as `GCE_METADATA_HOST` wants it. */
  readonly host: string;
  /** From now on answers as the one these options describe. */
  readonly update: (options: MetadataOptions) => void;
  readonly stop: () => Promise<void>;
}

/** A folder, or a value: text, or what is computed from the query. */
type Node = { readonly [name: string]: Node } | string | Leaf;
type Leaf = (query: URLSearchParams) => Reply | Promise<Reply>;

interface Reply {
  readonly status: number;
  readonly type: "application/text" | "application/json";
  readonly body: string;
}

/** Starts a metadata server on a free loopback port. */
export async function startMetadataServer(options: MetadataOptions): Promise<MetadataServer> {
  let tree = treeOf(options);
  const names = new Set(GOOGLE_NAMES);
  const spoken = {
    name: `the metadata server of ${options.email}`,
    source: "metadata",
    log: options.log,
  };
  const report = reporter(spoken);
  const serve: RequestListener = (request, response) => {
    const { host = UNNAMED } = request.headers;
    if (!names.has(host.toLowerCase())) {
      report(`Answered 403: it is not known as ${host}`);
      send(response, text(403, "The local metadata server is not known by that Host."));
      return;
    }
    reply(tree, request).then(
      (answer) => send(response, answer),
      (error: unknown) => {
        report(`Answered 500: ${String(error)}`);
        send(response, text(500, "The local metadata server failed."));
      },
    );
  };
  const server = createHttpServer({ ...spoken, serve });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const host = `127.0.0.1:${port}`;
  names.add(host).add(`localhost:${port}`);
  return {
    host,
    update: (changed) => {
      tree = treeOf(changed);
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function treeOf({ email, projectId, projectNumber, region, issuer }: MetadataOptions): Node {
  const account = {
    aliases: "default\n",
    email,
    identity: async (query: URLSearchParams) => {
      const audience = query.get("audience");
      if (audience === null || audience === "") {
        return text(400, "non-empty audience parameter required");
      }
      return text(200, await issuer.idToken({ email, audience }));
    },
    scopes: `${SCOPES.join("\n")}\n`,
    token: () => {
      const { token, expiresIn } = issuer.accessToken({ principal: principalOfEmail(email) });
      return json({ access_token: token, expires_in: expiresIn, token_type: "Bearer" });
    },
  };
  return {
    instance: {
      id: uniqueId(email),
      region: `projects/${projectNumber}/regions/${region}`,
      "service-accounts": { default: account, [email]: account },
      zone: `projects/${projectNumber}/zones/${region}-1`,
    },
    project: { "numeric-project-id": projectNumber, "project-id": projectId },
    universe: { "universe-domain": "googleapis.com", universe_domain: "googleapis.com" },
  };
}

async function reply(tree: Node, request: IncomingMessage): Promise<Reply> {
  const url = urlOf(request, "http://metadata");
  if (url === undefined) return text(400, `No such target: ${request.url ?? ""}`);
  const { pathname, searchParams } = url;
  // Libraries ping the root without the header to learn whether a metadata server is there.
  if (pathname === "/") return text(200, "computeMetadata/\n");
  if (request.headers["metadata-flavor"] !== "Google") {
    return text(403, "Missing required header: Metadata-Flavor: Google");
  }
  if (request.headers["x-forwarded-for"] !== undefined) {
    return text(403, "Requests with X-Forwarded-For are refused.");
  }
  const node = find(tree, pathname);
  if (node === undefined) return text(404, `No such metadata: ${pathname}`);
  if (typeof node === "function") return node(searchParams);
  if (typeof node === "string") {
    return searchParams.get("alt") === "json" ? json(node) : text(200, node);
  }
  return searchParams.get("recursive")?.toLowerCase() === "true"
    ? json(valuesOf(node))
    : text(200, listOf(node));
}

function find(tree: Node, pathname: string): Node | undefined {
  if (pathname !== ROOT && !pathname.startsWith(`${ROOT}/`)) return undefined;
  const names = pathname.slice(ROOT.length).split("/").filter(Boolean).map(decodeURIComponent);
  return names.reduce<Node | undefined>(
    (node, name) =>
      typeof node === "object" && Object.hasOwn(node, name) ? node[name] : undefined,
    tree,
  );
}

function listOf(node: Exclude<Node, string | Leaf>): string {
  const lines = Object.entries(node).map(([name, child]) =>
    typeof child === "object" ? `${name}/` : name,
  );
  return `${lines.join("\n")}\n`;
}

/** The whole folder as JSON: camel case names, lists for what stands on lines, no tokens. */
function valuesOf(node: Exclude<Node, string | Leaf>): Record<string, unknown> {
  const entries = Object.entries(node).flatMap(([name, child]): [string, unknown][] => {
    if (typeof child === "function") return [];
    const key = name.includes("@") ? name : camelCase(name);
    if (typeof child === "object") return [[key, valuesOf(child)]];
    return [[key, child.endsWith("\n") ? child.trimEnd().split("\n") : child]];
  });
  return Object.fromEntries(entries);
}

function camelCase(name: string): string {
  return name.replaceAll(/[-_]([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function text(status: number, body: string): Reply {
  return { status, type: "application/text", body };
}

function json(value: unknown): Reply {
  return { status: 200, type: "application/json", body: JSON.stringify(value) };
}

function send(response: ServerResponse, { status, type, body }: Reply): void {
  response.writeHead(status, {
    "content-type": type,
    "metadata-flavor": "Google",
    server: "Metadata Server for VM",
  });
  response.end(body);
}
