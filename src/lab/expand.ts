import type { Software } from "./available.ts";
import { networkPlugins } from "./available.ts";
import { cloudSchema, controllerPlaybook } from "./cloud.ts";
import { namesOf } from "./draft.ts";
import { defaultListen } from "./entrance.ts";
import { withDefaults } from "./plugin-settings.ts";
import { defaults, type LabInput, labSchema } from "./schema.ts";
import type { Entrance, Lab, Machine, Mirrors } from "./types.ts";

/** Machine → user, for machines whose user the lab file does not name. */
export type LoginUsers = ReadonlyMap<string, string>;

type Entry = Omit<LabInput["machines"][number], "count">;

/** A valid lab file with one entry for each machine. */
export type CountedInput = Omit<LabInput, "machines"> & { machines: Entry[] };

/** Repeats each entry for each of the machines that it counts. */
export const counted = ({ machines, ...input }: LabInput): CountedInput => ({
  ...input,
  machines: machines.flatMap(({ count, ...entry }) =>
    namesOf(entry.name, count).map((name) => ({ ...entry, name })),
  ),
});

/** The lab that a valid lab file describes: what depends on another field, or on our own settings, is filled in. */
export function expand({ network, machines, mirrors, ...input }: CountedInput, users: LoginUsers): Lab {
  const { name, provider, source, incus } = input;
  const entrance = entranceOf(input.entrance);
  const { version, runtime, network: clusterNetwork, addons = [], ...more } = input.cluster;
  const { controlPlaneEndpoint, ...settings } = more;
  const { plugin, podSubnet, serviceSubnet, ipFamilies = [], ...given } = clusterNetwork;
  const { isInstalled } = networkPlugins[plugin];
  const fallback = isInstalled ? defaults.playbooks : defaults.playbooksWithoutNetwork;
  const playbooks = [...(input.playbooks ?? fallback)];
  const cloud = input.cloud ?? (provider === "pulumi" ? cloudSchema.parse({}) : undefined);
  return {
    name,
    provider,
    source,
    mirrors: mirrorsOf(mirrors),
    ...defined({ machineSubnet: network.subnet }),
    ...(network.isolated && { isolated: true }),
    ...(incus && { incus: { type: incus.type, ...defined({ remote: incus.remote }) } }),
    machines: machines.map((entry) => machineOf(entry, users)),
    ...(entrance && { entrance }),
    ...(input.spares && { spares: input.spares }),
    ...(cloud && { cloud }),
    cluster: {
      version,
      runtime,
      network: {
        ...{ plugin, settings: withDefaults(plugin, given), podSubnet, serviceSubnet },
        ...(ipFamilies.length > 1 && { ipFamilies }),
      },
      ...defined({ controlPlaneEndpoint }),
      ...(addons.length > 0 && { addons }),
      ...(Object.keys(settings).length > 0 && { settings }),
    },
    playbooks: provider === "pulumi" && cloud?.controller ? withController(playbooks) : playbooks,
  };
}

/** The lab of an empty lab file. */
export const defaultLab = (): Lab => expand(counted(labSchema.parse({})), new Map());

function entranceOf(given: LabInput["entrance"]): Entrance | undefined {
  if (given === undefined || given === false) return undefined;
  const { listen, nodePorts, ...more } = given === true ? { listen: defaultListen } : given;
  return { listen, ...(nodePorts && { nodePorts }), ...defined(more) };
}

/** `packages` is an older name for two mirrors at once. */
const mirrorsOf = ({ packages, keys, ...urls }: LabInput["mirrors"]): Mirrors => ({
  ...defined({ kubernetes: packages, docker: packages }),
  ...defined(urls),
  ...(keys && { keys }),
});

/** The cloud's controller follows the cluster that it belongs to; without a cluster there is nothing for it to do. */
const withController = (playbooks: readonly string[]): string[] =>
  playbooks.flatMap((name) => (name === "cluster" ? [name, controllerPlaybook] : [name]));

function machineOf(entry: Entry, loginUsers: LoginUsers): Machine {
  const { name, role, via, sudo, users, login, rootLogin, software, host, address, takeOver } = entry;
  const { cpus, memory, disk, processes } = entry;
  const user = entry.user ?? loginUsers.get(name) ?? defaults.user;
  return {
    name,
    role,
    user,
    sudo: sudo ?? (user === "root" ? "none" : "passwordless"),
    ...(users && { users: users.map(({ shell, ...account }) => ({ ...account, ...defined({ shell }) })) }),
    ...(login && { login }),
    ...(rootLogin && { rootLogin }),
    ...(software.length > 0 && { software: withWhatItNeeds(software) }),
    ...defined({ via, host, address, cpus, memory, disk, processes }),
    ...(takeOver && { takeOver }),
  };
}

/** Compose is a plugin of the engine's command line, and useless without an engine. */
const withWhatItNeeds = (software: readonly Software[]): Software[] => [
  ...new Set<Software>(["docker", ...software]),
];

/** Without undefined members, which `exactOptionalPropertyTypes` distinguishes from absent ones. */
function defined<T extends Record<string, string | number | undefined>>(
  fields: T,
): { [K in keyof T]?: NonNullable<T[K]> } {
  const present: { [K in keyof T]?: NonNullable<T[K]> } = {};
  for (const key in fields) {
    const value = fields[key];
    if (value !== undefined) present[key] = value;
  }
  return present;
}
