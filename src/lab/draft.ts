import type { z } from "zod";
import { network } from "./fields.ts";
import { isRecord, valueAt } from "./finding.ts";
import { isNodeRole } from "./names.ts";
import { accountSchema, defaults, machineSchema } from "./schema.ts";
import { type Size, sizeKeys } from "./sizes.ts";
import type { Path } from "./yaml.ts";

/**
 * The usable parts of a lab file that may have errors: a wrong field is undefined, so that
 * no errors that follow from it are reported as well.
 */
export interface Draft {
  provider: unknown;
  /** Whether the file asks for nothing on the machines, so that no cluster is made. */
  withoutCluster: boolean;
  /** Undefined if the file's machines cannot be determined. */
  machines: DraftMachine[] | undefined;
  networks: DraftNetwork[];
  /** Whether the file asks for an address that moves between the control planes. */
  hasEndpoint: boolean;
}

/** One entry of `machines`. */
export interface DraftMachine {
  path: Path;
  /** The names of the machines that it makes; undefined if they cannot be determined. */
  names: string[] | undefined;
  /** How many it makes; undefined if that cannot be determined. */
  size: number | undefined;
  role: string | undefined;
  user: string | undefined;
  sudo: string | undefined;
  via: string | undefined;
  hasCount: boolean;
  hasHost: boolean;
  hasSoftware: boolean;
  /** Keys of it that only an existing host can have. */
  hostOnly: string[];
  cpus: number | undefined;
  /** In MiB. */
  memory: number | undefined;
  /** Which keys of a size it has, right or wrong. */
  given: (keyof Size)[];
  /** The names of further accounts, undefined if one cannot be determined; empty if there are none. */
  accounts: (string | undefined)[];
  login: readonly string[] | undefined;
  rootLogin: string | undefined;
}

export interface DraftNetwork {
  kind: "pod" | "service" | "machine";
  path: Path;
  /** Undefined if it is wrong by itself, or left to the provider. */
  cidr: string | undefined;
  /** Whether the value is in the file, and not a default. */
  given: boolean;
}

export function draftOf(value: unknown): Draft {
  const list = valueAt(value, ["machines"]) ?? defaults.machines;
  const playbooks = valueAt(value, ["playbooks"]);
  return {
    provider: valueAt(value, ["provider"]) ?? "docker",
    hasEndpoint: valueAt(value, ["cluster", "controlPlaneEndpoint"]) !== undefined,
    withoutCluster: Array.isArray(playbooks) && playbooks.length === 0,
    machines: Array.isArray(list)
      ? list.map((entry, index) => draftMachine(entry, ["machines", index]))
      : undefined,
    networks: [
      draftNetwork("pod", value, ["cluster", "network", "podSubnet"], defaults.podSubnet),
      draftNetwork("service", value, ["cluster", "network", "serviceSubnet"], defaults.serviceSubnet),
      draftNetwork("machine", value, ["network", "subnet"], undefined),
    ],
  };
}

const usable = <T>(schema: z.ZodType<T>, value: unknown): T | undefined => schema.safeParse(value).data;

function draftMachine(entry: unknown, path: Path): DraftMachine {
  const { name, role, count, user, via, sudo, login, rootLogin, cpus, memory } = machineSchema.shape;
  const field = (key: string): unknown =>
    isRecord(entry) && Object.hasOwn(entry, key) ? entry[key] : undefined;
  const hasCount = field("count") !== undefined;
  const number = usable(count, field("count"));
  const size = hasCount ? number : 1;
  const stem = usable(name, field("name"));
  return {
    path,
    names: stem === undefined || size === undefined ? undefined : namesOf(stem, number),
    size,
    role: usable(role, field("role")),
    user: field("user") === undefined ? defaults.user : usable(user, field("user")),
    sudo: usable(sudo, field("sudo")),
    via: usable(via, field("via")),
    hasCount,
    hasHost: field("host") !== undefined,
    hasSoftware: Array.isArray(field("software")) && valueAt(field("software"), [0]) !== undefined,
    cpus: usable(cpus, field("cpus")),
    memory: usable(memory, field("memory")),
    given: sizeKeys.filter((key) => field(key) !== undefined),
    hostOnly: ["address", "takeOver"].filter((key) => field(key) !== undefined),
    accounts: accountNames(field("users")),
    login: usable(login, field("login")),
    rootLogin: usable(rootLogin, field("rootLogin")),
  };
}

const accountNames = (users: unknown): (string | undefined)[] =>
  Array.isArray(users) ? users.map((one) => usable(accountSchema.shape.name, valueAt(one, ["name"]))) : [];

/** The names for an entry of `machines`: with a count, also of one, each has its number. */
export const namesOf = (name: string, count: number | undefined): string[] =>
  count === undefined ? [name] : Array.from({ length: count }, (_, index) => `${name}${index + 1}`);

function draftNetwork(
  kind: DraftNetwork["kind"],
  value: unknown,
  path: Path,
  fallback: string | undefined,
): DraftNetwork {
  const given = valueAt(value, path);
  const cidr = given === undefined ? fallback : usable(network, given);
  return { kind, path, cidr, given: given !== undefined };
}

/** How many Kubernetes nodes there are; undefined if some entry's role or number cannot be determined. */
export function nodeCount(machines: readonly DraftMachine[]): number | undefined {
  const nodes = machines.filter(({ role }) => role === undefined || isNodeRole(role));
  if (nodes.some(({ role, size }) => role === undefined || size === undefined)) return undefined;
  return nodes.reduce((sum, { size = 0 }) => sum + size, 0);
}
