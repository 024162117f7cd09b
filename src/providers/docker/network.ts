import { sh } from "../../hosts/sh.ts";
import type { Lab } from "../../lab/types.ts";
import { freeSubnet } from "../machine/subnet.ts";
import { type Docker, label, nameTaken } from "./docker.ts";

/** The network of a lab's machines. */
export const networkName = (lab: string): string => `labwright-${lab}`;

/** Creates the lab's network, with the labels given, if it is missing, and returns its subnet. */
export async function ensureNetwork(
  docker: Docker,
  lab: Lab,
  labels: Readonly<Record<string, string>>,
): Promise<string> {
  const name = networkName(lab.name);
  const format = "{{range .IPAM.Config}}{{.Subnet}}{{end}}";
  const [present] = await docker.list(sh`network ls --quiet --filter ${`label=${label.lab}=${lab.name}`}`);
  if (present !== undefined) return docker.run(sh`network inspect --format ${format} ${present}`);
  if (await docker.has("network", name)) throw nameTaken("network", name);
  const subnet = lab.machineSubnet ?? (await freeSubnet(lab, await engineSubnets(docker)));
  const flags = Object.entries(labels).flatMap(([key, value]) => ["--label", `${key}=${value}`]);
  await docker.run(sh`network create --subnet ${subnet} ${flags} ${name}`);
  return subnet;
}

async function engineSubnets(docker: Docker): Promise<string[]> {
  const ids = await docker.list(sh`network ls --quiet`);
  const found = await docker.list(
    sh`network inspect --format ${"{{range .IPAM.Config}}{{println .Subnet}}{{end}}"} ${ids}`,
  );
  return found.filter((line) => /^\d+\./.test(line));
}
