import ssh2, { type AnyAuthMethod, type IdentityCallback, type ParsedKey } from "ssh2";
import type { Access, Identities } from "./types.ts";

/** The ways to log in, in the order in which they are tried, and the same in words. */
export interface Login {
  methods: AnyAuthMethod[];
  tried: string;
}

/** The key if there is one, else the person's own agent and keys; the password, asked for either way, last. */
export function loginOf({ user, privateKey, identities, password }: Access): Login {
  const ways = [
    ...(privateKey === undefined ? identityWays(user, identities ?? ownAgent()) : [keyWay(user, privateKey)]),
    ...(password === undefined ? [] : passwordWays(user, password)),
  ];
  const words = [...new Set(ways.flatMap(({ says }) => says ?? []))];
  return { methods: ways.map(({ method }) => method), tried: words.join(" and ") || noWay };
}

interface Way {
  method: AnyAuthMethod;
  says?: string;
}

const noWay = "no key, agent or password";

/** The default: OpenSSH's own agent. */
const ownAgent = (): Identities => ({
  ...(process.env.SSH_AUTH_SOCK && { agent: process.env.SSH_AUTH_SOCK }),
  only: false,
  files: [],
});

const keyWay = (username: string, key: string, says = "the key"): Way => ({
  method: { type: "publickey", username, key },
  says,
});

function identityWays(username: string, { agent, only, files }: Identities): Way[] {
  const known = files.flatMap(({ publicKey }) => publicKey ?? []);
  return [
    ...(agent === undefined
      ? []
      : [
          {
            method: { type: "agent" as const, username, agent: new SortedAgent(agent, known, only) },
            says: "the agent's keys",
          },
        ]),
    ...files.flatMap(({ path, privateKey }) =>
      privateKey === undefined ? [] : [keyWay(username, privateKey, `the key ${path}`)],
    ),
  ];
}

const passwordWays = (username: string, password: string): Way[] => [
  { method: { type: "password", username, password }, says: "the password" },
  {
    method: {
      type: "keyboard-interactive",
      username,
      prompt: (_name, _instructions, _language, prompts, finish) => finish(prompts.map(() => password)),
    },
  },
];

/**
 * An agent that offers the keys of the person's files first, as OpenSSH does: sshd counts each key that it refuses,
 * and gives up after MaxAuthTries. With `only`, no others are offered.
 */
class SortedAgent extends ssh2.OpenSSHAgent {
  readonly #known: readonly string[];
  readonly #only: boolean;

  constructor(socket: string, known: readonly string[], only: boolean) {
    super(socket);
    this.#known = known.map(base64Of);
    this.#only = only;
  }

  override getIdentities(answer: IdentityCallback<ParsedKey>): void {
    super.getIdentities((error, keys) => {
      if (error || !keys) return answer(error, keys);
      const all = keys.filter((key) => "getPublicSSH" in key);
      const place = (key: ParsedKey) => this.#known.indexOf(key.getPublicSSH().toString("base64"));
      const theirs = all.filter((key) => place(key) >= 0).sort((a, b) => place(a) - place(b));
      answer(undefined, this.#only ? theirs : [...theirs, ...all.filter((key) => place(key) < 0)]);
    });
  }
}

const base64Of = (publicKey: string): string => publicKey.trim().split(/\s+/)[1] ?? "";
