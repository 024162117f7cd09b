import { type Choices, labChoices } from "../artifacts/choices.ts";
import { runtimeOf } from "../components/runtime/runtimes.ts";
import { runAll } from "../hosts/batch.ts";
import { type Command, sh } from "../hosts/sh.ts";
import type { Output } from "../hosts/types.ts";
import { assertNotInterrupted } from "../interruption.ts";
import { endpointUnit } from "../kubernetes/api-address.ts";
import { daysLeft } from "../kubernetes/certificates.ts";
import { kubectl } from "../kubernetes/kubectl.ts";
import { certificateQuestions, certificatesIn } from "../kubernetes/node-certificates.ts";
import { nodeProgram } from "../kubernetes/node-programs.ts";
import { apiPort } from "../lab/ports.ts";
import { isControlPlane, isLoadBalancer, isNode } from "../lab/roles.ts";
import type { Cluster, Lab, Machine } from "../lab/types.ts";
import { keptCredentials } from "../providers/credentials.ts";
import type { MachineInfo } from "../providers/types.ts";
import { type ConnectedInventory, connectInventory } from "../session/inventory.ts";
import { type LabOptions, openSession } from "../session/session.ts";
import { print, printJson } from "../ui/print.ts";
import { entranceText, type MachineStatus, machinesText } from "./status/text.ts";

/** Every machine with its versions, its components' health and its certificates' expiry. Changes nothing. */
export async function status(options: LabOptions & { credentials?: boolean }): Promise<void> {
  const { lab, provider, signal } = await openSession(options);
  if (options.credentials) return showCredentials(lab.name, options);
  const inventory = await connectInventory(lab, provider, signal);
  try {
    const machines = await Promise.all(lab.machines.map((machine) => statusOf(inventory, machine)));
    const taken = await labChoices(lab.name).read();
    const surplus = inventory.surplus.map(({ name, address, why }) => ({ name, address, why }));
    const { entrance } = inventory;
    const more = { ...(entrance && { entrance }), ...(surplus.length > 0 && { surplus }) };
    if (options.json) printJson({ lab: lab.name, provider: lab.provider, taken, machines, ...more }, 2);
    else
      print(
        `${takenText(taken)}${machinesText(machines)}${entrance ? entranceText(entrance) : ""}${surplus.map(surplusText).join("")}`,
      );
  } finally {
    await inventory.close();
  }
}

const surplusText = ({ name, address, why }: { name: string; address: string; why: string }): string =>
  `${name}  ${address}  ${why} by \`labwright up\` or \`labwright down\`\n`;

/** The source of the lab's programs, and which of upstream's packages it has taken and will take again. */
function takenText({ source, packages }: Choices): string {
  if (source === undefined) return "";
  const versions = Object.values(packages).flatMap((set) => Object.entries(set));
  return [
    `source: ${source}`,
    ...versions.map(([name, version]) => `    ${name.padEnd(24)} ${version}`),
    "",
  ].join("\n");
}

/** The only place where labwright shows passwords. */
async function showCredentials(lab: string, { json }: LabOptions): Promise<void> {
  const credentials = await keptCredentials(lab);
  const lines = Object.entries(credentials).flatMap(([machine, passwords]) =>
    Object.entries(passwords).map(([user, password]) => `${machine}  ${user}  ${password}`),
  );
  const words =
    lines.length === 0 ? "No account of this lab has a password from labwright." : lines.join("\n");
  if (json) printJson({ lab, credentials }, 2);
  else print(`${words}\n`);
}

async function statusOf(
  inventory: ConnectedInventory,
  machine: ConnectedInventory["lab"]["machines"][number],
): Promise<MachineStatus> {
  const { name, role } = machine;
  const found = inventory.found.find((one) => one.name === name);
  const base = { name, role, ...(found && { address: found.address }), components: {}, versions: {} };
  if (!found?.running) return { ...base, state: stateOf(found) };
  try {
    const host = await inventory.host(name);
    const questions = questionsFor(machine, inventory.lab);
    // A bastion that only forwards runs no command.
    const isAsked = Object.keys(questions).length > 0;
    const facts = isAsked
      ? await runAll(host, questions, inventory.signal ? { signal: inventory.signal } : {})
      : {};
    const { components, ...more } = componentsIn(facts);
    return {
      ...base,
      state: "running",
      components: { ...(isNode(machine) ? {} : { ssh: "ok" }), ...components },
      ...more,
    };
  } catch {
    assertNotInterrupted(inventory.signal);
    return { ...base, state: "unreachable" };
  }
}

/** App servers without software and jump hosts are not probed: a working login is enough. */
const questionsFor = (machine: Machine, { cluster }: Lab): Record<string, Command> => ({
  ...(isNode(machine) && { ...ofNodes, ...ofRuntime(cluster), ...certificateQuestions(machine) }),
  ...(isControlPlane(machine) && ofControlPlanes),
  ...(isLoadBalancer(machine) && ofLoadBalancers),
  ...(isControlPlane(machine) && cluster.controlPlaneEndpoint !== undefined && ofMovingAddresses),
  ...(machine.software?.includes("docker") && ofDocker),
});

const healthz = (port: number, path = "healthz", scheme = "https") =>
  sh`curl --silent --insecure --max-time 3 ${`${scheme}://127.0.0.1:${port}/${path}`}`;

const ofNodes = {
  "health.kubelet": healthz(10248, "healthz", "http"),
  "health.kube-proxy": sh`curl --silent --max-time 3 --output /dev/null --write-out %{http_code} http://127.0.0.1:10256/healthz | sed s/200/ok/`,
  "health.container-runtime": sh`${nodeProgram("crictl")} info >/dev/null && echo ok`,
  "health.cni": sh`ls /etc/cni/net.d/*.conflist >/dev/null && echo ok`,
  "version.kubelet": sh`${nodeProgram("kubelet")} --version | awk '{ print $2 }'`,
};

function ofRuntime(cluster: Cluster): Record<string, Command> {
  const { name, release } = runtimeOf(cluster);
  return { [`version.${name}`]: release };
}

/** The version in a static pod's image: `1.36.3`, `3.6.8-0`. */
const staticPod = (name: string): Command =>
  sh`sed -n ${"s/^ *image: .*:v\\{0,1\\}//p"} ${`/etc/kubernetes/manifests/${name}.yaml`}`;

const ofControlPlanes = {
  "health.kube-apiserver": kubectl(sh`get --raw /readyz`),
  "health.etcd": kubectl(sh`get --raw /readyz/etcd`),
  "version.kube-apiserver": staticPod("kube-apiserver"),
  "version.etcd": staticPod("etcd"),
  "health.kube-scheduler": healthz(10259),
  "health.kube-controller-manager": healthz(10257),
};

const ofMovingAddresses = {
  "health.keepalived": sh`systemctl is-active --quiet ${endpointUnit} && echo ok`,
};

/** HAProxy closes the connection while no control plane is ready. */
const ofLoadBalancers = { "health.load-balancer": healthz(apiPort, "readyz") };

const ofDocker = {
  "health.docker": sh`docker info >/dev/null && echo ok`,
  "version.docker": sh`docker version --format '{{.Server.Version}}'`,
};

function componentsIn(
  facts: Record<string, Output>,
): Pick<MachineStatus, "components" | "versions" | "certificates"> {
  const section = (prefix: string, read: (output: Output) => string) =>
    Object.fromEntries(
      Object.entries(facts).flatMap(([key, output]) =>
        key.startsWith(prefix) ? [[key.slice(prefix.length), read(output)]] : [],
      ),
    );
  const certificates = certificatesIn(facts).map((one) => ({ ...one, days: daysLeft(one) }));
  const [first] = certificates;
  return {
    components: section("health.", ({ stdout }) =>
      stdout.trim() === "ok" ? "ok" : stdout.trim().split("\n")[0] || "does not answer",
    ),
    versions: section("version.", ({ stdout }) => stdout.trim().replace(/^v/, "")),
    ...(first && { certificates: { first: first.ends, days: first.days, all: certificates } }),
  };
}

const stateOf = (found: MachineInfo | undefined): MachineStatus["state"] =>
  found ? (found.paused ? "paused" : "stopped") : "missing";
