import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import type { Place } from "../kind.ts";
import * as pubsub from "./kinds.ts";

interface TopicArgs {
  /** Topic id. */
  readonly id: string;
  readonly place: Place;
}

/** A Pub/Sub topic. It keeps nothing itself: what is published while nobody subscribes is lost. */
export class Topic extends pulumi.ComponentResource {
  readonly resourceName: string;
  readonly topic: gcp.pubsub.Topic;

  constructor(name: string, { id, place }: TopicArgs, opts: pulumi.ComponentResourceOptions) {
    super("switchyard:component:Topic", name, {}, opts);
    this.resourceName = pubsub.topic.of(id, place);
    this.topic = new gcp.pubsub.Topic(
      name,
      { name: id, project: place.project },
      { parent: this, dependsOn: opts.dependsOn },
    );
    this.registerOutputs();
  }
}
