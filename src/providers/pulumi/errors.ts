import { LabwrightError } from "../../errors.ts";

interface Meaning {
  code: string;
  says: string;
  remedy: string;
}

const meanings = {
  token: {
    code: "cloud-token-refused",
    says: "does not know the token",
    remedy: "make a token with read and write access in the cloud's console, and put it into HCLOUD_TOKEN",
  },
  forbidden: {
    code: "cloud-forbidden",
    says: "does not let the token do that",
    remedy: "use a token with write access; a read-only one can list and nothing else",
  },
  quota: {
    code: "cloud-quota",
    says: "has reached the limit of what this account may have",
    remedy:
      "remove what is not needed (`labwright sweep` lists what labwright has made), use fewer machines, or have the limit raised",
  },
  notFound: {
    code: "cloud-not-found",
    says: "does not have what was asked for",
    remedy:
      "run the command again: what was there a moment ago is gone; if it stays so, check the names in `cloud`",
  },
  nameTaken: {
    code: "name-taken",
    says: "has something of that name already, which is not this lab's",
    remedy: "give the lab another name, or remove the thing in the cloud's console",
  },
  busy: {
    code: "cloud-busy",
    says: "is still busy with the same thing",
    remedy: "run the command again in a minute",
  },
  soldOut: {
    code: "cloud-sold-out",
    says: "has no room for such a server there at the moment",
    remedy: "choose another `region` or `size` in the lab file, or try again later",
  },
  refused: {
    code: "cloud-refused",
    says: "refuses what was asked for as wrong",
    remedy: "check `cloud` and the machines' names in the lab file against what the cloud says",
  },
  rate: {
    code: "cloud-rate-limit",
    says: "lets no more requests through for now",
    remedy: "wait a few minutes: the limit is counted by the hour, for all who use the same project",
  },
  broken: {
    code: "cloud-broken",
    says: "has a fault of its own",
    remedy: "look at the cloud's status page, and run the command again: it goes on where it stopped",
  },
  silent: {
    code: "cloud-silent",
    says: "does not answer",
    remedy: "check this computer's network (and HCLOUD_ENDPOINT, where it is set), and run the command again",
  },
} satisfies Record<string, Meaning>;

type Word = keyof typeof meanings;

/** The API's own words for what went wrong. https://docs.hetzner.cloud/reference/cloud#errors */
const byCode: Record<string, Word> = {
  unauthorized: "token",
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

const byStatus: Record<number, Word> = {
  401: "token",
  403: "forbidden",
  404: "notFound",
  409: "busy",
  412: "soldOut",
  422: "refused",
  429: "rate",
};

export interface CloudFailure {
  /** What we wanted: `make the server cp`. */
  doing: string;
  status?: number;
  /** The API's word. */
  code?: string;
  said: string;
  cause?: unknown;
}

/** The typed error for what a cloud answered, or did not. */
export function cloudError({ doing, status, code, said, cause }: CloudFailure): LabwrightError {
  const word: Word = byCode[code ?? ""] ?? (status === undefined ? "silent" : (byStatus[status] ?? "broken"));
  const meaning = meanings[word];
  return new LabwrightError({
    code: meaning.code,
    message: `cannot ${doing}: the cloud ${meaning.says}`,
    remedy: meaning.remedy,
    output: said,
    cause,
  });
}

/** The failure that Pulumi's plugin reports in words: `… server limit reached (resource_limit_exceeded, 5f0c…)`. */
export function failureIn(said: string): Pick<CloudFailure, "code" | "status"> | undefined {
  const code = [...said.matchAll(/\b([a-z]+(?:_[a-z]+)*)\b/g)].map(([, word]) => word ?? "");
  const known = [...said.matchAll(/\(([a-z_]+)(?:, [0-9a-f]+)?\)/g)].map(([, word]) => word ?? "");
  const found = known.find((word) => Object.hasOwn(byCode, word));
  if (found !== undefined) return { code: found };
  if (code.includes("hcloud") && /server responded with status code (\d{3})/.test(said))
    return { status: Number(/status code (\d{3})/.exec(said)?.[1]) };
  if (/context deadline exceeded|connection refused|connection reset|no such host|i\/o timeout/.test(said))
    return {};
  return undefined;
}
