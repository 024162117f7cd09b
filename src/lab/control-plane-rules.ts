import { isProviderName, mostControlPlanes, movingAddresses } from "./available.ts";
import type { Draft, DraftMachine } from "./draft.ts";
import type { Finding } from "./finding.ts";
import { autoEndpoint } from "./places.ts";

/** What is wrong with the number of control planes, and with what leads to them. */
export function controlPlaneFindings({ machines, provider, withoutCluster, hasEndpoint }: Draft): Finding[] {
  if (machines === undefined) return [];
  const planes = machines.filter(({ role }) => role === "control-plane");
  const balancers = machines.filter(({ role }) => role === "load-balancer");
  if (planes.length === 0) return none(machines, withoutCluster);
  // An entry without a usable role may be the missing load balancer.
  const isUnsure = [...planes, ...machines.filter(({ role }) => role === undefined)];
  const sizes = isUnsure.map(({ role, size }) => (role === undefined ? undefined : size));
  return [
    ...(sizes.includes(undefined)
      ? []
      : several(planes, { provider, isOne: hasEndpoint || balancers.length > 0 })),
    ...surplus(balancers).map((extra) => ({
      path: placeOf(extra),
      message: "the lab has several load balancers, and its control planes are reached at one",
      remedy: "keep one",
    })),
  ];
}

/** The key that makes an entry one too many. */
const placeOf = ({ path, hasCount }: DraftMachine): Finding["path"] => [...path, hasCount ? "count" : "role"];

/** The first entry with which there is more than one of its kind. */
function surplus(entries: readonly DraftMachine[]): DraftMachine[] {
  const [first, second] = entries;
  return [first !== undefined && (first.size ?? 1) > 1 ? first : second].filter((one) => one !== undefined);
}

function none(machines: readonly DraftMachine[], withoutCluster: boolean): Finding[] {
  // An entry whose role is wrong may have been meant as the control plane.
  if (machines.length === 0 || machines.some(({ role }) => role === undefined)) return [];
  if (withoutCluster && !machines.some(({ role }) => role === "worker")) return [];
  const remedy = "give one machine `role: control-plane`, or have no workers and write `playbooks: []`";
  return [{ path: ["machines"], part: "key", message: "the lab has no control plane", remedy }];
}

/** How several control planes get one address, in the words of a remedy. */
function remedyFor(provider: unknown): string {
  const moving = isProviderName(provider) ? movingAddresses[provider] : undefined;
  const moves = moving === "chosen" ? `${autoEndpoint}\`` : "ADDRESS` with a free address";
  const endpoint = typeof moving === "string" ? `, write \`cluster.controlPlaneEndpoint: ${moves}` : "";
  return `add the machine \`{ name: lb, role: load-balancer }\`${endpoint}, or keep one control plane`;
}

/** `isOne`: whether nodes reach them at one address. */
function several(
  planes: readonly DraftMachine[],
  { provider, isOne }: { provider: unknown; isOne: boolean },
): Finding[] {
  const [extra] = surplus(planes);
  if (extra === undefined) return [];
  const sum = planes.reduce((total, { size = 1 }) => total + size, 0);
  const path = placeOf(extra);
  return [
    ...(isOne
      ? []
      : [
          {
            path,
            message: `${sum} control planes have no load balancer, and nodes reach them at one address`,
            remedy: remedyFor(provider),
          },
        ]),
    ...(sum % 2 === 1 && sum <= mostControlPlanes
      ? []
      : [
          {
            path,
            message: `${sum} control planes: etcd works as long as a majority of its members does, and has at most ${mostControlPlanes}`,
            remedy: "use 1, 3, 5 or 7 control planes: another one adds no failure that the lab survives",
          },
        ]),
  ];
}
