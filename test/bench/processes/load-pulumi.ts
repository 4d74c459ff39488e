/** Loads the parts of Pulumi that the program uses, and says when it was done, in milliseconds since the process began. */
import "@pulumi/pulumi";
import * as gcp from "@pulumi/gcp";
import { answering } from "./answering.ts";

export interface LoadedAnswer {
  readonly sinceStartMillis: number;
  readonly parts: number;
}

// A part of the provider is loaded when its name is first used.
const used = [
  gcp.artifactregistry.Repository,
  gcp.cloudfunctionsv2.Function,
  gcp.cloudrunv2.ServiceIamMember,
  gcp.cloudtasks.Queue,
  gcp.projects.Service,
  gcp.serviceaccount.Account,
  gcp.storage.Bucket,
];
const answer: LoadedAnswer = { sinceStartMillis: performance.now(), parts: used.length };

answering(() => answer);
