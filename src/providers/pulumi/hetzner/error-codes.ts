import type { ErrorCodes, Word } from "../errors.ts";

/** Our own code, for a cloud that is not even asked. */
export const noToken = "no_token";

/** The API's error codes. https://docs.hetzner.cloud/reference/cloud#errors */
const words: Record<string, Word> = {
  [noToken]: "noCredentials",
  unauthorized: "credentials",
  token_readonly: "forbidden",
  forbidden: "forbidden",
  resource_limit_exceeded: "quota",
  not_found: "notFound",
  uniqueness_error: "nameTaken",
  conflict: "busy",
  locked: "busy",
  resource_in_use: "busy",
  resource_unavailable: "soldOut",
  placement_error: "soldOut",
  unavailable: "broken",
  no_space_left_in_location: "soldOut",
  invalid_input: "refused",
  json_error: "refused",
  unsupported_error: "refused",
  rate_limit_exceeded: "rate",
  maintenance: "broken",
  service_error: "broken",
  server_error: "broken",
  timeout: "broken",
};

export const errorCodes: ErrorCodes = {
  credentials: "a token with read and write access in HCLOUD_TOKEN",
  endpoint: "HCLOUD_ENDPOINT",
  wordOf: (code) => (Object.hasOwn(words, code) ? words[code] : undefined),
  // `… server limit reached (resource_limit_exceeded, 5f0c…)`
  codes: /(?<=\()[a-z_]+(?=(?:, [0-9a-f]+)?\))/g,
  status: /(?<=server responded with status code )\d{3}/,
};
