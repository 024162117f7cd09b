import type { Draft, DraftMachine } from "./draft.ts";
import type { Finding } from "./finding.ts";
import { quantityOf, type Size, sizeKeys } from "./sizes.ts";

/**
 * What kubeadm requires of a control plane before it initialises one:
 * https://kubernetes.io/docs/reference/setup-tools/kubeadm/implementation-details/#preflight-checks
 */
const leastControlPlane = { cpus: 2, memory: 1700 } as const;

/** What is wrong with machines' sizes that no single field shows. */
export function sizeFindings({ machines, provider, withoutCluster }: Draft): Finding[] {
  return (machines ?? []).flatMap((machine) => [
    ...unsupported(machine, provider),
    ...(withoutCluster ? [] : tooSmall(machine)),
  ]);
}

/** Why a provider cannot give machines a size, and what to do instead. */
const refusals: Readonly<Record<string, readonly Refusal[]>> = {
  docker: [
    {
      keys: ["disk"],
      message: "Docker cannot limit the disk of a machine: its images and containers are in volumes",
      remedy: "remove it, or use the provider incus",
    },
  ],
  vagrant: [
    {
      keys: ["disk"],
      message: "the box decides how large the root file system is, and Vagrant cannot grow it",
      remedy: "remove it, or name a box with a larger disk in LABWRIGHT_BOX",
    },
    {
      keys: ["processes"],
      message: "a virtual machine has its own kernel, whose processes take none from another one",
      remedy: "remove it",
    },
  ],
  ssh: [
    {
      keys: ["processes"],
      message: "an existing host is never changed, and its kernel decides how many processes it may have",
      remedy: "remove it",
    },
  ],
  pulumi: [
    {
      keys: sizeKeys,
      message: "a cloud has servers of fixed types, and no type follows from single sizes",
      remedy: "remove it, and name a type of server in `cloud.size`",
    },
  ],
};

interface Refusal {
  keys: readonly (keyof Size)[];
  message: string;
  remedy: string;
}

const unsupported = ({ given, path }: DraftMachine, provider: unknown): Finding[] =>
  (Object.hasOwn(refusals, String(provider)) ? (refusals[String(provider)] ?? []) : []).flatMap(
    ({ keys, message, remedy }) =>
      keys
        .filter((key) => given.includes(key))
        .map((key): Finding => ({ path: [...path, key], part: "key", message, remedy })),
  );

function tooSmall({ role, cpus, memory, path }: DraftMachine): Finding[] {
  if (role !== "control-plane") return [];
  const least = leastControlPlane;
  return [
    ...(cpus !== undefined && cpus < least.cpus
      ? [
          {
            path: [...path, "cpus"],
            message: `kubeadm requires ${least.cpus} processors for a control plane, and this is ${cpus}`,
            remedy: `write at least ${least.cpus}`,
          },
        ]
      : []),
    ...(memory !== undefined && memory < least.memory
      ? [
          {
            path: [...path, "memory"],
            message: `kubeadm requires ${quantityOf(least.memory)} of memory for a control plane, and this is ${quantityOf(memory)}`,
            remedy: "write at least 2Gi",
          },
        ]
      : []),
  ];
}
