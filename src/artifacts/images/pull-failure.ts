import { LabwrightError } from "../../errors.ts";

export interface PullProblem {
  /** A stable word for programs: the error's code is `image-<kind>`. */
  kind: string;
  /** A part of a sentence: the machine could not pull the image from its registry: … */
  says: string;
  remedy: string;
  /** Whether the same pull may succeed some seconds later. */
  passing: boolean;
  /** Whether another registry, or another computer, may have more luck. */
  elsewhere: boolean;
}

type Rule = Omit<PullProblem, "says" | "remedy"> & {
  words: RegExp;
  says: string | ((match: RegExpExecArray) => string);
  remedy: string;
};

const later = "Run `labwright up` again: it does not pull the images that the machine has.";

/** What containerd says of a failed pull, most certain first. The test beside it names the reports that the words are from. */
const rules: readonly Rule[] = [
  {
    kind: "limit",
    // To a HEAD request Docker Hub answers without words: seen with containerd 2.4.2.
    words: /pull rate limit|(registry-1\.docker\.io\/|[?&]ns=docker\.io)[^\s"]*: 429 /,
    says: "this address has reached Docker Hub's limit for anonymous pulls",
    remedy:
      "Wait some hours, or set `mirrors.images` in the lab file to your own registry; then run `labwright up` again.",
    passing: false,
    elsewhere: true,
  },
  {
    kind: "busy",
    words: /429 Too Many Requests|toomanyrequests/i,
    says: "the registry answers 429: too many requests",
    remedy: later,
    passing: true,
    elsewhere: true,
  },
  {
    kind: "proxy",
    words: /407 Proxy Authentication Required|Proxy Authentication Required|proxyconnect tcp: [^"\n]*/,
    says: ([words]) => `the proxy cannot be used (${words})`,
    remedy: "Set HTTPS_PROXY to a proxy that the machine reaches, then run `labwright up` again.",
    passing: false,
    elsewhere: true,
  },
  {
    kind: "refused",
    words: /403 Forbidden/,
    says: "the registry answers 403: it refuses this machine's address",
    remedy:
      "Registries refuse some addresses of hosting companies: delete the server in the cloud's console and run `labwright up`, which creates it again with another address; or set `mirrors.images` in the lab file to your own registry.",
    passing: false,
    elsewhere: true,
  },
  {
    kind: "broken",
    words: /\b(5\d\d) (Internal Server Error|Bad Gateway|Service Unavailable|Gateway Timeout)/,
    says: ([, code]) => `the registry answers ${code}`,
    remedy: later,
    passing: true,
    elsewhere: true,
  },
  {
    kind: "certificate",
    words: /x509: ([^"\n]*)/,
    says: ([, why]) => `its certificate is not trusted (${why})`,
    remedy:
      "If a firewall inspects the traffic, set NODE_EXTRA_CA_CERTS to its certificate's file and run `labwright up` again.",
    passing: false,
    elsewhere: false,
  },
  {
    kind: "unresolved",
    words: /no such host|server misbehaving|Temporary failure in name resolution/,
    says: "the machine cannot resolve the registry's name",
    remedy: "Check that the machine's DNS servers answer, then run `labwright up` again.",
    passing: true,
    elsewhere: true,
  },
  {
    kind: "absent",
    words: /manifest unknown|insufficient_scope|pull access denied|: not found/,
    says: "the registry does not have the image, or requires a login for it",
    remedy:
      "Check that the registry in the lab file's `mirrors.images` has this image, then run `labwright up` again.",
    passing: false,
    elsewhere: false,
  },
  {
    kind: "disk-full",
    words: /no space left on device/,
    says: "the machine's disk is full",
    remedy: "Free some gigabytes on the machine, then run `labwright up` again.",
    passing: false,
    elsewhere: false,
  },
  {
    kind: "unreachable",
    words:
      /i\/o timeout|context deadline exceeded|Client\.Timeout|TLS handshake timeout|context canceled|connection (refused|reset)|no route to host|network is unreachable|unexpected EOF|: EOF/,
    says: "the registry does not answer, or the connection was lost",
    remedy: "Check that the machine reaches the internet, then run `labwright up` again.",
    passing: true,
    elsewhere: true,
  },
];

const unknown: PullProblem = {
  kind: "not-pulled",
  says: "the pull failed",
  remedy: "Correct what the container runtime reports below, then run `labwright up` again.",
  passing: true,
  elsewhere: false,
};

/** What went wrong, from what crictl printed. */
export function pullProblem(words: string): PullProblem {
  for (const { words: pattern, says, remedy, kind, passing, elsewhere } of rules) {
    const match = pattern.exec(words);
    if (match)
      return { kind, remedy, passing, elsewhere, says: typeof says === "string" ? says : says(match) };
  }
  return unknown;
}

/** The registry that an image's full name begins with. */
export const registryOf = (image: string): string => image.split("/")[0] ?? image;

export const pullFailed = (
  machine: string,
  image: string,
  { kind, says, remedy }: PullProblem,
  output: string,
): LabwrightError =>
  new LabwrightError({
    code: `image-${kind}`,
    message: `${machine} could not pull ${image} from ${registryOf(image)}: ${says}`,
    remedy,
    output,
  });
