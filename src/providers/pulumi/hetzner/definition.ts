import type { CloudKind } from "../cloud.ts";
import { errorCodes } from "./error-codes.ts";

export const hetzner: CloudKind = {
  variables: ["HCLOUD_TOKEN"],
  errorCodes,
  plugin: { name: "hcloud", version: "1.32.1", compiled: true },
  load: async () => (await import("./cloud.ts")).module,
};
