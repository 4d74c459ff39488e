/** Pulumi's entry: declares the platform with the config of the stack that is deployed. Its exports are the stack's outputs. */
import * as pulumi from "@pulumi/pulumi";
import { readConfig, type PlatformConfig } from "./config/config.ts";
import { ConfigError } from "./config/errors.ts";
import { declarePlatform } from "./platform.ts";
import { SYSTEMS } from "./systems/index.ts";

/** URL by role. */
export const urls = await declare();

async function declare(): Promise<Record<string, string>> {
  const { entryPoints } = await declarePlatform(configOrExplanation());
  return Object.fromEntries(entryPoints.map(({ role, url }) => [role, url]));
}

/** A RunError is printed by Pulumi as its message alone; a config problem is no bug that needs a stack. */
function configOrExplanation(): PlatformConfig {
  try {
    return readConfig(SYSTEMS);
  } catch (error) {
    if (error instanceof ConfigError) throw new pulumi.RunError(error.message);
    throw error;
  }
}
