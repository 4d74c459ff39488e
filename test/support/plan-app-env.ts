/** An environment that satisfies plan-app, without anything behind it. */
export const PLAN_APP_ENV = {
  PROJECT_ID: "p",
  PUBSUB_TOPIC_PLAN: "plan",
  GITHUB_APP_ID: "123",
  GITHUB_WEBHOOK_SECRET: "It's a Secret to Everybody",
  APP_KEY_SECRET: "projects/p/secrets/plan-app-key/versions/latest",
  STATE_BUCKET: "p-plan-state",
};
