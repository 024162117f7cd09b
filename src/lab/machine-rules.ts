import type { Draft, DraftMachine } from "./draft.ts";
import type { Finding } from "./finding.ts";
import { isNodeRole, longestName, nodeNameFlaw } from "./names.ts";

/** Machines of one lab. Their addresses are those of one network, and one computer starts them side by side. */
const mostMachines = 100;

/** What is wrong with machines that no single field shows; jumps are in `jumpFindings`. */
export function machineFindings({ machines, provider }: Draft): Finding[] {
  if (machines === undefined) return [];
  return [
    ...takenNames(machines),
    ...machines.flatMap((machine) => [
      ...nodeName(machine),
      ...longName(machine),
      ...rootless(machine),
      ...place(machine, provider),
    ]),
    ...tooMany(machines),
  ];
}

function takenNames(machines: readonly DraftMachine[]): Finding[] {
  const owners = new Map<string, number>();
  return machines.flatMap(({ names = [], path, hasCount }, index) => {
    const taken = names.filter((name) => owners.has(name));
    for (const name of names) if (!owners.has(name)) owners.set(name, index);
    const [first] = taken;
    if (first === undefined) return [];
    const owner = machines[owners.get(first) ?? index];
    const whose = owner?.hasCount ? `, whose count makes ${owner.names?.join(", ")},` : "";
    const message = `two machines are named ${first}: machines[${owners.get(first)}]${whose} has the name already`;
    const remedy =
      hasCount || owner?.hasCount
        ? "give one of the two another name: a count adds 1, 2, … to it"
        : "give one of the two another name";
    return [{ path: [...path, "name"], message, remedy }];
  });
}

/** Only underscores are left to find: the field's own rule allows them, and Kubernetes does not. */
function nodeName({ names: [name] = [], role, path }: DraftMachine): Finding[] {
  if (name === undefined || role === undefined || !isNodeRole(role) || !name.includes("_")) return [];
  const flaw = nodeNameFlaw(name);
  return flaw
    ? [
        {
          path: [...path, "name"],
          ...flaw,
          remedy: "take the underscore out: a Kubernetes node's name has none",
        },
      ]
    : [];
}

function longName({ names = [], path }: DraftMachine): Finding[] {
  const longest = names.find((name) => name.length > longestName);
  if (longest === undefined) return [];
  const message = `with its number the machine's name has ${longest.length} characters`;
  return [
    {
      path: [...path, "name"],
      message,
      remedy: `use a name that has at most ${longestName} with its number`,
    },
  ];
}

/** What on machines of a role can be done by root only. */
function rootWork(role: string): string | undefined {
  if (isNodeRole(role)) return "a Kubernetes node is made as root";
  return role === "load-balancer" ? "HAProxy is installed as root" : undefined;
}

function rootless({ role, user, sudo, path }: DraftMachine): Finding[] {
  const why = role === undefined ? undefined : rootWork(role);
  if (why === undefined || sudo !== "none" || user === undefined || user === "root") return [];
  const message = `${user} cannot become root with sudo: none, and ${why}`;
  return [{ path: [...path, "sudo"], message, remedy: "use passwordless or password, or the user root" }];
}

function place({ hasHost, hasCount, hostOnly, path }: DraftMachine, provider: unknown): Finding[] {
  const [extra] = hostOnly;
  if (extra !== undefined && provider !== "ssh") {
    const message = `${extra} is about an existing machine, and only the ssh provider takes those`;
    return [{ path: [...path, extra], part: "key", message, remedy: "remove it" }];
  }
  if (provider === "ssh" && !hasHost) {
    return [
      {
        path,
        message: "the machine has no host, and the ssh provider makes none",
        remedy: "add `host: name-or-address`",
      },
    ];
  }
  if (provider !== "ssh" && hasHost) {
    const message = "host names an existing machine, and only the ssh provider takes those";
    return [{ path: [...path, "host"], part: "key", message, remedy: "remove it" }];
  }
  if (hasHost && hasCount) {
    const remedy = "write a separate entry, with its own host, for each machine";
    return [
      { path: [...path, "count"], part: "key", message: "one host cannot be several machines", remedy },
    ];
  }
  return [];
}

function tooMany(machines: readonly DraftMachine[]): Finding[] {
  const sum = machines.reduce((total, { size = 0 }) => total + size, 0);
  if (sum <= mostMachines) return [];
  const message = `the lab has ${sum} machines`;
  return [{ path: ["machines"], part: "key", message, remedy: `use at most ${mostMachines} in one lab` }];
}
