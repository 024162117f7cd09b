import { pulumiAtHand } from "../../src/artifacts/modules/pulumi.ts";
import { hostNameOf } from "../../src/providers/machine/host-name.ts";
import { serverName } from "../../src/providers/pulumi/plan.ts";
import { containerComputers } from "../cloud/containers.ts";
import type { Kind } from "../cloud/model.ts";
import { type CloudService, startCloud } from "../cloud/service.ts";
import { type Candidate, type Occupant, tooSlow } from "./providers-candidate.ts";

const compiled = await pulumiAtHand();
const computers = compiled && !tooSlow ? await containerComputers() : undefined;
const names = ["HCLOUD_TOKEN", "HCLOUD_ENDPOINT", "LABWRIGHT_ADDRESS_SERVICE"] as const;
const before = names.map((name) => process.env[name]);
let opened: Promise<CloudService> | undefined;
let labs = 0;

/** The cloud: a service on this computer whose servers are containers with cloud-init. */
async function service(): Promise<CloudService> {
  if (!computers) throw new Error("no computers");
  opened ??= startCloud(computers);
  const { token, endpoint, addressService } = await opened;
  names.forEach((name, index) => {
    process.env[name] = [token, endpoint, addressService][index];
  });
  return opened;
}

const occupant = async (kind: Kind, name: string, body: Record<string, unknown>): Promise<Occupant> => {
  const { cloud } = await service();
  const { id } = await cloud.create(kind, { name, labels: {}, ...body });
  return { isThere: async () => cloud.things[kind].has(id), remove: () => cloud.remove(kind, id) };
};

export const pulumiCandidate: Candidate = {
  name: "pulumi",
  unavailable:
    tooSlow ||
    (!compiled && "Pulumi has not been compiled here yet: `labwright up` with a cloud does it") ||
    (!computers && "no Docker engine, whose containers would be the servers, can be reached from here"),
  cannot: {
    adopt: "a cloud has no way into a server whose key was lost",
    paused: "no cloud pauses a server",
    unstartable: "a cloud that does not switch a server on fails a request: test/cloud fails each one",
    cut: "Pulumi's plugin waits minutes for a cloud that is gone; test/cloud breaks and kills its requests one by one",
  },

  hostname: hostNameOf,

  async settings() {
    await service();
    // The engine behind the service, unlike a cloud, has no two private networks of one range.
    labs += 1;
    return {
      text: `source: modules\nnetwork: { subnet: 10.${120 + labs}.0.0/24 }\ncloud: { bootLimit: 2m }`,
    };
  },

  async things(lab) {
    const { cloud } = await service();
    return Object.values(cloud.things).flatMap((things) =>
      [...things.values()].flatMap(({ name, labels }) => (labels["labwright-lab"] === lab ? [name] : [])),
    );
  },

  async state(lab) {
    const { cloud } = await service();
    const things = Object.values(cloud.things).flatMap((some) => [...some.values()]);
    return structuredClone(things.filter(({ labels }) => labels["labwright-lab"] === lab));
  },

  /** A tag has room for no folder. */
  owner: /belongs to \S+/,

  async stop(lab, machine) {
    const { cloud } = await service();
    const server = cloud.servers().find(({ name }) => name === serverName(lab.name, machine));
    if (!server) throw new Error(`no server for ${machine}`);
    await cloud.computers.powerOff(server.name);
    server.status = "off";
  },

  occupy: {
    server: ({ name, machines: [machine] }) =>
      occupant("servers", serverName(name, machine?.name ?? ""), {
        server_type: "cpx22",
        image: "debian-12",
        location: "nbg1",
        user_data: "#cloud-config\n{}\n",
        start_after_create: false,
      }),
    network: ({ name }) => occupant("networks", `labwright-${name}`, { ip_range: "10.99.0.0/24" }),
    firewall: ({ name }) => occupant("firewalls", `labwright-${name}`, {}),
  },

  async close() {
    if (opened) await (await opened).close();
    names.forEach((name, index) => {
      if (before[index] === undefined) delete process.env[name];
      else process.env[name] = before[index];
    });
  },
};
