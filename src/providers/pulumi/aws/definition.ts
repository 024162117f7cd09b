import type { CloudKind } from "../cloud.ts";
import { errorCodes } from "./error-codes.ts";

export const aws: CloudKind = {
  variables: [
    "AWS_ACCESS_KEY_ID",
    "AWS_PROFILE",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
  ],
  errorCodes,
  plugin: { name: "aws", version: "7.48.0", compiled: false },
  load: async () => (await import("./cloud.ts")).module,
};
