import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import type { Bundle } from "../bundle/bundle.ts";
import type { Project } from "./project.ts";

/** The source of a role, uploaded once for all that run it in the same form. */
export class Source extends pulumi.ComponentResource {
  readonly role: string;
  /** Named by its content: Google deploys again only where the object's name changes. */
  readonly objectName: string;
  readonly object: gcp.storage.BucketObject;

  constructor(
    name: string,
    { bundle, project }: { readonly bundle: Bundle; readonly project: Project },
    opts: pulumi.ComponentResourceOptions,
  ) {
    super("switchyard:component:Source", name, {}, opts);
    const { role, hash, folder, archive } = bundle;
    this.role = role;
    this.objectName = `${role}-${hash}.${archive === undefined ? "zip" : "tar.gz"}`;
    this.object = new gcp.storage.BucketObject(
      name,
      {
        bucket: project.sources.name,
        name: this.objectName,
        contentType: archive === undefined ? "application/zip" : "application/gzip",
        source:
          archive === undefined
            ? new pulumi.asset.FileArchive(folder)
            : new pulumi.asset.FileAsset(archive),
      },
      { parent: this, dependsOn: [project.sources.bucket] },
    );
    this.registerOutputs();
  }
}
