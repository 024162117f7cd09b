import { exitCode, LabwrightError } from "../../errors.ts";

export interface Meaning {
  code: string;
  /** What the cloud does, in words that follow "the cloud"; made from its own words where a value in them counts. */
  says: string | ((said: string) => string);
  remedy: string | ((dialect: Dialect) => string);
  exit?: number;
}

/** How a cloud says what went wrong, and what its users call their means. */
export interface Dialect {
  /** What one gives to be let in: `a token with read and write access in HCLOUD_TOKEN`. */
  credentials: string;
  /** The variable that names another address for the cloud. */
  endpoint: string;
  /** What one of the cloud's own words means, beside what else it said; undefined where we do not know it. */
  wordOf(code: string, said: string): Word | Meaning | undefined;
  /** The cloud's own words in what Pulumi's plugin reports; each match is one. */
  codes: RegExp;
  /** The HTTP status in what Pulumi's plugin reports. */
  status: RegExp;
}

const meanings = {
  credentials: {
    code: "cloud-token-refused",
    says: "does not know the credentials",
    remedy: ({ credentials }) => `make new ones in the cloud's console: ${credentials}`,
  },
  noCredentials: {
    code: "cloud-token-missing",
    says: "is not asked without credentials, and there are none",
    remedy: ({ credentials }) => `give ${credentials}; docs/cloud.md has the steps`,
    exit: exitCode.usage,
  },
  forbidden: {
    code: "cloud-forbidden",
    says: "does not let these credentials do that",
    remedy: ({ credentials }) =>
      `use ${credentials}; credentials that may only read can list and nothing else`,
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
    remedy: "wait a few minutes: the limit is one for all who use the same account",
  },
  broken: {
    code: "cloud-broken",
    says: "has a fault of its own",
    remedy: "look at the cloud's status page, and run the command again: it goes on where it stopped",
  },
  silent: {
    code: "cloud-silent",
    says: "does not answer",
    remedy: ({ endpoint }) =>
      `check this computer's network (and ${endpoint}, where it is set), and run the command again`,
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
  /** What we wanted: `make the server cp`. */
  doing: string;
  status?: number;
  /** The API's word. */
  code?: string;
  said: string;
  cause?: unknown;
}

/** The typed error for what a cloud answered, or did not. */
export function cloudError(
  dialect: Dialect,
  { doing, status, code = "", said, cause }: CloudFailure,
): LabwrightError {
  const ofStatus = status === undefined ? "silent" : (byStatus[status] ?? "broken");
  const meant = dialect.wordOf(code, said) ?? ofStatus;
  const {
    code: ours,
    says,
    remedy,
    exit = exitCode.failed,
  }: Meaning = typeof meant === "string" ? meanings[meant] : meant;
  return new LabwrightError({
    code: ours,
    message: `cannot ${doing}: the cloud ${typeof says === "string" ? says : says(said)}`,
    remedy: typeof remedy === "string" ? remedy : remedy(dialect),
    output: said,
    cause,
    exit,
  });
}

const silence = /context deadline exceeded|connection refused|connection reset|no such host|i\/o timeout/;

/** The failure that Pulumi's plugin reports in words; undefined where it is none of the cloud's. */
export function failureIn(dialect: Dialect, said: string): Pick<CloudFailure, "code" | "status"> | undefined {
  const code = [...said.matchAll(dialect.codes)]
    .map(([word]) => word)
    .find((word) => dialect.wordOf(word, said));
  if (code !== undefined) return { code };
  const [status] = dialect.status.exec(said) ?? [];
  if (status !== undefined) return { status: Number(status) };
  return silence.test(said) ? {} : undefined;
}

/** Lets pass what says that a thing is gone already. */
export function unlessGone(error: unknown): void {
  if (!(error instanceof LabwrightError && error.code === "cloud-not-found")) throw error;
}
