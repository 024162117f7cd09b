import { isIPv4 } from "node:net";
import { LabwrightError } from "../../errors.ts";
import { sh } from "../../hosts/sh.ts";
import { endpointIn } from "../../lab/control-plane-endpoint.ts";
import type { Lab } from "../../lab/types.ts";
import { freeSubnet } from "../machine/subnet.ts";
import { type Docker, label, nameTaken } from "./docker.ts";

/** The network of a lab's machines. */
export const networkName = (lab: string): string => `labwright-${lab}`;

/** The name under which the engine keeps the address of the lab's API server: it gives it to no container. */
const kept = "control-plane-endpoint";

/** Creates the lab's network, with the labels given, if it is missing, and returns its subnet. */
export async function ensureNetwork(
  docker: Docker,
  lab: Lab,
  labels: Readonly<Record<string, string>>,
): Promise<string> {
  const name = networkName(lab.name);
  const format = "{{range .IPAM.Config}}{{.Subnet}}{{end}}";
  const [present] = await docker.list(sh`network ls --quiet --filter ${`label=${label.lab}=${lab.name}`}`);
  const isMoving = lab.cluster.controlPlaneEndpoint !== undefined;
  if (present !== undefined) {
    if (isMoving) await assertKept(docker, present, name);
    return docker.run(sh`network inspect --format ${format} ${present}`);
  }
  if (await docker.has("network", name)) throw nameTaken("network", name);
  const subnet = lab.machineSubnet ?? (await freeSubnet(lab, await engineSubnets(docker)));
  const flags = Object.entries(labels).flatMap(([key, value]) => ["--label", `${key}=${value}`]);
  const keeping = isMoving ? ["--aux-address", `${kept}=${endpointIn(subnet)}`] : [];
  await docker.run(sh`network create --subnet ${subnet} ${keeping} ${flags} ${name}`);
  return subnet;
}

/** Throws if a network was created for a lab whose API server's address did not move: a container may have the address. */
async function assertKept(docker: Docker, network: string, name: string): Promise<void> {
  const format = `{{range .IPAM.Config}}{{index .AuxiliaryAddresses "${kept}"}}{{end}}`;
  const address = await docker.run(sh`network inspect --format ${format} ${network}`);
  if (isIPv4(address.trim())) return;
  throw new LabwrightError({
    code: "endpoint-not-kept",
    message: `the network ${name} was created without an address for \`cluster.controlPlaneEndpoint\``,
    remedy: "Run `labwright down`, then `labwright up`.",
  });
}

async function engineSubnets(docker: Docker): Promise<string[]> {
  const ids = await docker.list(sh`network ls --quiet`);
  const found = await docker.list(
    sh`network inspect --format ${"{{range .IPAM.Config}}{{println .Subnet}}{{end}}"} ${ids}`,
  );
  return found.filter((line) => /^\d+\./.test(line));
}
