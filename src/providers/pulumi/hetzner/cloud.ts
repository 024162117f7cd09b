import type { CloudChoice } from "../../../lab/cloud.ts";
import type { Cost } from "../../types.ts";
import type { Cloud, CloudModule, CloudResource, Resolved } from "../cloud.ts";
import { cloudError, unlessGone } from "../errors.ts";
import { type Tags, tag } from "../tags.ts";
import { assertArchitecture, assertKnown } from "../validate-name.ts";
import { HetznerApi } from "./api.ts";
import {
  architectureOf,
  hourlyIn,
  type Image,
  isSoldIn,
  type Location,
  type Price,
  type ServerType,
  soldOut,
} from "./catalogue.ts";
import { errorCodes, noToken } from "./error-codes.ts";

/** The parts of the API's answers that we read. https://docs.hetzner.cloud/reference/cloud */
interface Entity {
  id: number;
  name: string;
  labels: Tags;
  status?: string;
  public_net?: { ipv4?: { ip: string } | null };
  private_net?: { network: number; ip: string }[];
}

interface Pricing {
  currency: string;
  primary_ips: { type: string; prices: Price[] }[];
}

const cloud = "Hetzner Cloud";

/** The API's paths of the kinds that have our tags. */
const collections = new Map<CloudResource["kind"], string>([
  ["server", "servers"],
  ["firewall", "firewalls"],
  ["network", "networks"],
  ["ssh-key", "ssh_keys"],
]);

const loadBalancers = "load_balancers";

/** The label that the cloud-controller-manager gives each of its load balancers. */
const ofService = "hcloud-ccm/service-uid";

const removable = new Map([...collections, ["load-balancer", loadBalancers]]);

const pathOf = ({ kind, id }: CloudResource): string => `/${removable.get(kind)}/${id}`;

/** Opens Hetzner Cloud with the token in HCLOUD_TOKEN. Throws `cloud-token-missing` if there is none. */
function open(environment: NodeJS.ProcessEnv, signal?: AbortSignal): Cloud {
  const { HCLOUD_TOKEN: token, HCLOUD_ENDPOINT: endpoint } = environment;
  if (!token)
    throw cloudError(errorCodes, {
      code: noToken,
      doing: "ask Hetzner Cloud",
      said: "HCLOUD_TOKEN is not in the environment",
    });
  const api = new HetznerApi({ token, ...(endpoint ? { endpoint } : {}), ...(signal ? { signal } : {}) });

  async function list(lab?: string): Promise<CloudResource[]> {
    const selector = lab === undefined ? tag.lab : `${tag.lab}=${lab}`;
    const lists = await Promise.all(
      [...collections].map(async ([kind, collection]) => {
        const query = { label_selector: selector };
        const entities = await api.all<Entity>(collection, query, `list the ${kind}s of labs`);
        return entities.filter(({ labels }) => tag.lab in labels).map((one) => resourceOf(kind, one));
      }),
    );
    const tagged = lists.flat();
    return [...tagged, ...(await balancersOn(tagged.filter(({ kind }) => kind === "network")))];
  }

  /** Load balancers have no tags of ours. One is a lab's if the controller made it, on the lab's network. */
  async function balancersOn(networks: readonly CloudResource[]): Promise<CloudResource[]> {
    if (networks.length === 0) return [];
    const query = { label_selector: ofService };
    const entities = await api.all<Entity>(loadBalancers, query, "list the load balancers of labs");
    return entities.flatMap((one) => {
      const network = networks.find(({ id }) => one.private_net?.some((net) => String(net.network) === id));
      if (!network) return [];
      const { tags } = network;
      return [{ kind: "load-balancer", id: String(one.id), name: one.name, tags, ofCluster: true }];
    });
  }

  async function remove(resource: CloudResource): Promise<void> {
    const doing = `remove the ${resource.kind} ${resource.name}`;
    await api.ask(pathOf(resource), { method: "DELETE", doing }).catch(unlessGone);
  }

  const locationList = () => api.all<Location>("locations", {}, "list the cloud's locations");
  const typeList = () => api.all<ServerType>("server_types", {}, "list the cloud's server types");
  const pricing = async () =>
    (await api.ask<{ pricing: Pricing }>("/pricing", { doing: "ask for prices" })).pricing;

  async function resolve({ region, size, image }: CloudChoice): Promise<Resolved> {
    const [locations, types, images] = await Promise.all([
      locationList(),
      typeList(),
      api.all<Image>("images", { type: "system" }, "list the cloud's images"),
    ]);
    const namesOf = (list: { name: string | null }[]) => [...new Set(list.flatMap(({ name }) => name ?? []))];
    assertKnown({ cloud, what: "region", name: region, known: namesOf(locations) });
    const there = types.filter((type) => isSoldIn(type, region));
    assertKnown({ cloud, what: "size", name: size, known: namesOf(there) });
    assertKnown({ cloud, what: "image", name: image, known: namesOf(images) });
    const architectures = new Map(there.map((type) => [type.name, architectureOf(type)]));
    const architecture = assertArchitecture({
      size,
      image,
      architectures,
      ofImage: images.filter(({ name }) => name === image).map(architectureOf),
    });
    return { image, zone: locations.find(({ name }) => name === region)?.network_zone ?? "", architecture };
  }

  async function assertOrderable({ region, size }: CloudChoice): Promise<void> {
    const [locations, types, { currency }] = await Promise.all([locationList(), typeList(), pricing()]);
    const type = types.find(({ name }) => name === size);
    const error = type && soldOut({ type, region, types, locations, currency, now: new Date() });
    if (error) throw error;
  }

  async function cost(choice: CloudChoice, servers: number): Promise<Cost> {
    await resolve(choice);
    const { region, size } = choice;
    const [types, { primary_ips, currency }] = await Promise.all([typeList(), pricing()]);
    const server = hourlyIn(types.find(({ name }) => name === size)?.prices, region);
    const address = hourlyIn(primary_ips.find(({ type }) => type === "ipv4")?.prices, region);
    return {
      hourly: servers * (server + address),
      currency,
      for: `${servers} servers of the type ${size} in ${region}, each with an IPv4 address`,
    };
  }

  return {
    list,
    remove,
    resolve,
    assertOrderable,
    cost,
    async powerOn({ id, name }) {
      const doing = `switch the server ${name} on`;
      await api.ask(`/servers/${id}/actions/poweron`, { method: "POST", body: {}, doing });
    },
    async setTags(resource, tags) {
      const doing = `change the labels of ${resource.name}`;
      await api.ask(pathOf(resource), { method: "PUT", body: { labels: tags }, doing });
    },
  };
}

/** Among the states that the API knows; the others are `off`, and transitions: `migrating`, `rebuilding`, `stopping` … */
const on = new Set<string | undefined>(["running", "starting", "initializing"]);

function resourceOf(kind: CloudResource["kind"], one: Entity): CloudResource {
  const base = { kind, id: String(one.id), name: one.name, tags: one.labels };
  if (kind !== "server") return base;
  const server = {
    running: on.has(one.status),
    ...(!on.has(one.status) && one.status !== "off" && { changing: one.status }),
    publicAddress: one.public_net?.ipv4?.ip,
    privateAddress: one.private_net?.[0]?.ip,
  };
  return { ...base, server, ...(one.status === "deleting" && { halfMade: true }) };
}

export const module: CloudModule = {
  // A token is for one project, which has all regions.
  open: (environment, _region, signal) => open(environment, signal),
  everywhere: async (environment, signal) => [{ cloud: open(environment, signal) }],
};
