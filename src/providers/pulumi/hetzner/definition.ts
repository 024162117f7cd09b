import type { CloudKind } from "../cloud.ts";
import { dialect } from "./error-codes.ts";

export const hetzner: CloudKind = {
  variables: ["HCLOUD_TOKEN"],
  dialect,
  plugin: { name: "hcloud", version: "1.32.1", compiled: true },
  load: async () => (await import("./cloud.ts")).module,
};
