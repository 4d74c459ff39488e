import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import type { Bundle } from "../bundle/bundle.ts";
import type { Project } from "./project.ts";

/** The source of a role, uploaded once for all functions that run it. */
export class Source extends pulumi.ComponentResource {
  readonly role: string;
  /** Named by its content: Google builds again only where the object's name changes. */
  readonly objectName: string;
  readonly object: gcp.storage.BucketObject;

  constructor(
    name: string,
    { bundle, project }: { readonly bundle: Bundle; readonly project: Project },
    opts: pulumi.ComponentResourceOptions,
  ) {
    super("switchyard:component:Source", name, {}, opts);
    this.role = bundle.role;
    this.objectName = `${bundle.role}-${bundle.hash}.zip`;
    this.object = new gcp.storage.BucketObject(
      name,
      {
        bucket: project.sources.name,
        name: this.objectName,
        contentType: "application/zip",
        source: new pulumi.asset.FileArchive(bundle.folder),
      },
      { parent: this, dependsOn: [project.sources.bucket] },
    );
    this.registerOutputs();
  }
}
