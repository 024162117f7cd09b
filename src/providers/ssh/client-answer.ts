/** What the person's OpenSSH client would do for one host: the settings of `ssh -G` that we use. */
export interface ClientConfig {
  hostName: string;
  port: number;
  /** Absent: no line of any configuration names one. */
  user?: string;
  /** `[user@]host[:port]`, the first hop first. */
  jumps: string[];
  /** As they are written, with tokens. */
  identityFiles: string[];
  /** Whether they are OpenSSH's own default ones, of which most do not exist. */
  byDefault: boolean;
  identitiesOnly: boolean;
  /** As it is written; absent: SSH_AUTH_SOCK. */
  identityAgent?: string;
  /** Absent: our own connection. */
  proxyCommand?: string;
  /** Keywords that the person's own configuration sets, that would matter, and that are not honoured. */
  unheeded: string[];
}

/** Means that no line of any configuration names a user: no login name has a colon. */
export const noUser = "nobody:names:one";

/** Settings of connections that ssh2 or the lab decide instead: ssh_config(5). */
const unheeded = [
  "AddressFamily",
  "BindAddress",
  "BindInterface",
  "CertificateFile",
  "Ciphers",
  "GlobalKnownHostsFile",
  "HostbasedAuthentication",
  "HostKeyAlgorithms",
  "HostKeyAlias",
  "KexAlgorithms",
  "KnownHostsCommand",
  "MACs",
  "PKCS11Provider",
  "PubkeyAcceptedAlgorithms",
  "PubkeyAuthentication",
  "RequiredRSASize",
  "RevokedHostKeys",
  "SecurityKeyProvider",
  "StrictHostKeyChecking",
  "UserKnownHostsFile",
  "VerifyHostKeyDNS",
] as const;

/** Values that ask for no more than what is done anyway, in `ssh -G`'s form: keys are pinned when first seen. */
const doneAnyway: Partial<Record<(typeof unheeded)[number], readonly string[]>> = {
  GlobalKnownHostsFile: ["/dev/null"],
  StrictHostKeyChecking: ["false", "ask", "accept-new"],
  UserKnownHostsFile: ["/dev/null"],
};

/**
 * Reads `ssh -G`'s output for a host, which is lines of a keyword in lower case and its value. `without` is its
 * output for the same host without the person's own configuration: the differences come from that.
 */
export function clientConfigIn(answer: string, without: string): ClientConfig {
  const said = settingsIn(answer);
  const byItself = settingsIn(without);
  const one = (keyword: string) => said.get(keyword)?.[0];
  const isSet = (keyword: string) => String(said.get(keyword)) !== String(byItself.get(keyword));
  const [user, jumps] = [one("user"), one("proxyjump")];
  const [identityAgent, proxyCommand] = [one("identityagent"), one("proxycommand")];
  return {
    hostName: one("hostname") ?? "",
    port: Number(one("port")),
    ...(user !== undefined && user !== noUser && { user }),
    jumps: jumps === undefined || jumps === "none" ? [] : jumps.split(","),
    identityFiles: said.get("identityfile") ?? [],
    byDefault: !isSet("identityfile"),
    identitiesOnly: one("identitiesonly") === "yes",
    ...(identityAgent !== undefined && { identityAgent }),
    ...(proxyCommand !== undefined && { proxyCommand }),
    unheeded: unheeded.filter((keyword) => {
      const key = keyword.toLowerCase();
      return isSet(key) && !doneAnyway[keyword]?.includes(one(key) ?? "");
    }),
  };
}

function settingsIn(answer: string): Map<string, string[]> {
  const settings = new Map<string, string[]>();
  for (const line of answer.split("\n")) {
    const at = line.indexOf(" ");
    if (at <= 0) continue;
    const keyword = line.slice(0, at);
    settings.set(keyword, [...(settings.get(keyword) ?? []), line.slice(at + 1)]);
  }
  return settings;
}

/** A host as a person names it to `ssh`. */
export interface Destination {
  host: string;
  user?: string;
  port?: number;
}

/** Reads `host`, `host:port`, `[user@]host[:port]`, and the same as `ssh://…`; an IPv6 address with a port has brackets. */
export function destinationIn(text: string): Destination {
  const [, user, bracketed, plain, port] =
    /^(?:ssh:\/\/)?(?:(.*)@)?(?:\[([^\]]+)\]|([^:]+|[^@]*:[^@]*:[^@]*?))(?::(\d+))?\/?$/.exec(text) ?? [];
  return {
    host: bracketed ?? plain ?? text,
    ...(user !== undefined && { user }),
    ...(port !== undefined && { port: Number(port) }),
  };
}
