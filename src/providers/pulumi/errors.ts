import { exitCode, LabwrightError } from "../../errors.ts";

export interface Meaning {
  code: string;
  /** What the cloud does, in words that follow "the cloud"; made from its own words if they hold a value. */
  says: string | ((said: string) => string);
  remedy: string | ((errorCodes: ErrorCodes) => string);
  exit?: number;
}

/** How a cloud reports errors, and what its users call their credentials. */
export interface ErrorCodes {
  /** The credentials: `a token with read and write access in HCLOUD_TOKEN`. */
  credentials: string;
  /** The variable that names another address for the cloud. */
  endpoint: string;
  /** What one of the cloud's error codes means, with its message; undefined if we do not know it. */
  wordOf(code: string, said: string): Word | Meaning | undefined;
  /** The cloud's error codes in the output of Pulumi's plugin; each match is one. */
  codes: RegExp;
  /** The HTTP status in the output of Pulumi's plugin. */
  status: RegExp;
}

const meanings = {
  credentials: {
    code: "cloud-token-refused",
    says: "does not accept the credentials",
    remedy: ({ credentials }) => `Create new ones in the cloud's console and set them: ${credentials}.`,
  },
  noCredentials: {
    code: "cloud-token-missing",
    says: "needs credentials, but none are set",
    remedy: ({ credentials }) => `Set ${credentials}; docs/cloud.md has the steps.`,
    exit: exitCode.usage,
  },
  forbidden: {
    code: "cloud-forbidden",
    says: "does not permit this operation with these credentials",
    remedy: ({ credentials }) => `Use ${credentials}; read-only credentials can only list.`,
  },
  quota: {
    code: "cloud-quota",
    says: "has reached this account's limit",
    remedy:
      "Delete resources that you do not need (`labwright sweep` lists those of labwright), use fewer machines, or have the limit raised.",
  },
  notFound: {
    code: "cloud-not-found",
    says: "no longer has a resource that this operation needs",
    remedy: "Run the command again; if it fails again, check the names in `cloud` of the lab file.",
  },
  nameTaken: {
    code: "name-taken",
    says: "already has a resource of that name that is not this lab's",
    remedy: "Delete the resource in the cloud's console, or give the lab another name.",
  },
  busy: {
    code: "cloud-busy",
    says: "is still working on the same resource",
    remedy: "Run the command again in a minute.",
  },
  soldOut: {
    code: "cloud-sold-out",
    says: "has no capacity for such a server there at the moment",
    remedy: "Choose another `region` or `size` in the lab file, or run the command again later.",
  },
  refused: {
    code: "cloud-refused",
    says: "rejects the request as invalid",
    remedy: "Correct `cloud` and the machines' names in the lab file as the cloud's message below says.",
  },
  rate: {
    code: "cloud-rate-limit",
    says: "is limiting requests for now",
    remedy: "Wait a few minutes, then run the command again: everyone who uses the account shares the limit.",
  },
  broken: {
    code: "cloud-broken",
    says: "reports an internal error",
    remedy: "Look at the cloud's status page, then run the command again: it continues where it stopped.",
  },
  silent: {
    code: "cloud-silent",
    says: "does not answer",
    remedy: ({ endpoint }) =>
      `Check this computer's network (and ${endpoint}, if it is set), then run the command again.`,
  },
} satisfies Record<string, Meaning>;

export type Word = keyof typeof meanings;

const byStatus: Record<number, Word> = {
  400: "refused",
  401: "credentials",
  403: "forbidden",
  404: "notFound",
  409: "busy",
  412: "soldOut",
  422: "refused",
  429: "rate",
};

export interface CloudFailure {
  /** The action: `make the server cp`. */
  doing: string;
  status?: number;
  /** The API's error code. */
  code?: string;
  said: string;
  cause?: unknown;
}

/** The typed error for a cloud's answer, or its absence. */
export function cloudError(
  errorCodes: ErrorCodes,
  { doing, status, code = "", said, cause }: CloudFailure,
): LabwrightError {
  const ofStatus = status === undefined ? "silent" : (byStatus[status] ?? "broken");
  const meant = errorCodes.wordOf(code, said) ?? ofStatus;
  const {
    code: ours,
    says,
    remedy,
    exit = exitCode.failed,
  }: Meaning = typeof meant === "string" ? meanings[meant] : meant;
  return new LabwrightError({
    code: ours,
    message: `cannot ${doing}: the cloud ${typeof says === "string" ? says : says(said)}`,
    remedy: typeof remedy === "string" ? remedy : remedy(errorCodes),
    output: said,
    cause,
    exit,
  });
}

const silence = /context deadline exceeded|connection refused|connection reset|no such host|i\/o timeout/;

/** The failure in the output of Pulumi's plugin; undefined if it is not the cloud's. */
export function failureIn(
  errorCodes: ErrorCodes,
  said: string,
): Pick<CloudFailure, "code" | "status"> | undefined {
  const code = [...said.matchAll(errorCodes.codes)]
    .map(([word]) => word)
    .find((word) => errorCodes.wordOf(word, said));
  if (code !== undefined) return { code };
  const [status] = errorCodes.status.exec(said) ?? [];
  if (status !== undefined) return { status: Number(status) };
  return silence.test(said) ? {} : undefined;
}

/** Ignores the error that something is already deleted. */
export function unlessGone(error: unknown): void {
  if (!(error instanceof LabwrightError && error.code === "cloud-not-found")) throw error;
}
