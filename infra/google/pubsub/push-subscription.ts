import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import type { Place } from "../kind.ts";
import * as pubsub from "./kinds.ts";
import type { Topic } from "./topic.ts";

/** Google's default, said so that local mode sees it, and that others can outlast it. Source: google/pubsub/v1/pubsub.proto, message_retention_duration. */
export const RETENTION_DAYS = 7;

const DAY_SECONDS = 24 * 60 * 60;

interface PushSubscriptionArgs {
  /** Subscription id. */
  readonly id: string;
  readonly place: Place;
  /** What is delivered. */
  readonly topic: Topic;
  readonly to: {
    /** A function or a service. Its URL has no slash at the end. */
    readonly function: { readonly url: string; readonly function: pulumi.Resource };
    /** `/pubsub/push` */
    readonly path: string;
    /** Whose ID token the deliveries carry, made out for the function's URL without the path. */
    readonly as: { readonly email: string; readonly account: pulumi.Resource };
  };
  /** 10 to 600. The request's timeout too: nothing extends the deadline of a push. */
  readonly ackDeadlineSeconds: number;
  /** Between two deliveries of a message, 0 to 600. */
  readonly backoffSeconds: { readonly min: number; readonly max: number };
  /** Where a message goes that was not acknowledged. Default: it is delivered until it is as old as `RETENTION_DAYS`. */
  readonly deadLetter?: {
    readonly topic: Topic;
    /** 5 to 100. */
    readonly maxDeliveryAttempts: number;
  };
}

interface PushSubscriptionOptions extends pulumi.ComponentResourceOptions {
  readonly dependsOn: pulumi.Resource[];
}

/**
 * Delivers a topic's messages to a function over HTTP, as often as it takes. Never expires. The rows that let the account
 * call the function, and Pub/Sub publish to the dead-letter topic, belong in `dependsOn`.
 */
export class PushSubscription extends pulumi.ComponentResource {
  readonly resourceName: string;
  readonly subscription: gcp.pubsub.Subscription;

  constructor(name: string, args: PushSubscriptionArgs, opts: PushSubscriptionOptions) {
    super("switchyard:component:PushSubscription", name, {}, opts);
    const { id, place, topic, to, backoffSeconds, deadLetter } = args;
    this.resourceName = pubsub.subscription.of(id, place);
    const needed = [topic.topic, to.function.function, to.as.account, deadLetter?.topic.topic];
    const dependsOn = [...opts.dependsOn, ...needed.filter((resource) => resource !== undefined)];
    this.subscription = new gcp.pubsub.Subscription(
      name,
      {
        name: id,
        project: place.project,
        topic: topic.resourceName,
        pushConfig: {
          pushEndpoint: to.function.url + to.path,
          oidcToken: { serviceAccountEmail: to.as.email, audience: to.function.url },
        },
        ackDeadlineSeconds: args.ackDeadlineSeconds,
        retryPolicy: {
          minimumBackoff: `${backoffSeconds.min}s`,
          maximumBackoff: `${backoffSeconds.max}s`,
        },
        ...(deadLetter && {
          deadLetterPolicy: {
            deadLetterTopic: deadLetter.topic.resourceName,
            maxDeliveryAttempts: deadLetter.maxDeliveryAttempts,
          },
        }),
        messageRetentionDuration: `${RETENTION_DAYS * DAY_SECONDS}s`,
        // An empty text is never; without the policy, 31 days without deliveries would end it.
        expirationPolicy: { ttl: "" },
      },
      { parent: this, dependsOn },
    );
    this.registerOutputs();
  }
}
