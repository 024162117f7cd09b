import { exitCode, LabwrightError } from "../../../errors.ts";
import type { CloudChoice } from "../../../lab/cloud.ts";
import { choose } from "../../../lab/nearest.ts";
import type { Cost } from "../../types.ts";
import { type Cloud, removalOrder, type Thing } from "../cloud.ts";
import { type Tags, tag } from "../tags.ts";
import { HetznerApi } from "./api.ts";

/** The parts of the API's answers that we read. https://docs.hetzner.cloud/reference/cloud */
interface Entity {
  id: number;
  name: string;
  labels: Tags;
  created: string;
  status?: string;
  public_net?: { ipv4?: { ip: string } | null };
  private_net?: { ip: string }[];
}

interface ServerType {
  name: string;
  architecture: string;
  prices: { location: string; price_hourly: { gross: string } }[];
}

interface Pricing {
  currency: string;
  primary_ips: { type: string; prices: { location: string; price_hourly: { gross: string } }[] }[];
}

const collection: Record<Thing["kind"], string> = {
  server: "servers",
  firewall: "firewalls",
  network: "networks",
  "ssh-key": "ssh_keys",
};

/** Opens Hetzner Cloud with the token of HCLOUD_TOKEN. Throws `cloud-token-missing` where there is none. */
export function openHetzner(environment: NodeJS.ProcessEnv, signal?: AbortSignal): Cloud {
  const { HCLOUD_TOKEN: token, HCLOUD_ENDPOINT: endpoint } = environment;
  if (!token) throw tokenMissing();
  const api = new HetznerApi({ token, ...(endpoint ? { endpoint } : {}), ...(signal ? { signal } : {}) });

  async function list(lab?: string): Promise<Thing[]> {
    const selector = lab === undefined ? tag.lab : `${tag.lab}=${lab}`;
    const lists = await Promise.all(
      removalOrder.map(async (kind) => {
        const query = { label_selector: selector };
        const found = await api.all<Entity>(collection[kind], query, `list the ${kind}s of labs`);
        return found.filter(({ labels }) => tag.lab in labels).map((one) => thingOf(kind, one));
      }),
    );
    return lists.flat();
  }

  async function remove({ kind, id, name }: Thing): Promise<void> {
    const path = `/${collection[kind]}/${id}`;
    await api.ask(path, { method: "DELETE", doing: `remove the ${kind} ${name}` }).catch(unlessGone);
  }

  async function check({ region, size, image }: CloudChoice): Promise<void> {
    const [locations, types, images] = await Promise.all([
      api.all<{ name: string }>("locations", {}, "list the cloud's locations"),
      api.all<ServerType>("server_types", {}, "list the cloud's server types"),
      api.all<{ name: string | null }>("images", { type: "system" }, "list the cloud's images"),
    ]);
    const namesOf = (list: { name: string | null }[]) => [...new Set(list.flatMap(({ name }) => name ?? []))];
    assertKnown("region", region, namesOf(locations));
    const there = types.filter(({ prices }) => prices.some(({ location }) => location === region));
    assertKnown("size", size, namesOf(there));
    assertKnown("image", image, namesOf(images));
  }

  async function cost(choice: CloudChoice, servers: number): Promise<Cost> {
    await check(choice);
    const { region, size } = choice;
    const [types, { pricing }] = await Promise.all([
      api.all<ServerType>("server_types", { name: size }, "ask for the price of servers"),
      api.ask<{ pricing: Pricing }>("/pricing", { doing: "ask for prices" }),
    ]);
    const at = (prices: { location: string; price_hourly: { gross: string } }[] = []): number =>
      Number(prices.find(({ location }) => location === region)?.price_hourly.gross ?? 0);
    const address = at(pricing.primary_ips.find(({ type }) => type === "ipv4")?.prices);
    return {
      hourly: servers * (at(types[0]?.prices) + address),
      currency: pricing.currency,
      for: `${servers} servers of the type ${size} in ${region}, each with an IPv4 address`,
    };
  }

  return {
    list,
    remove,
    check,
    cost,
    async powerOn({ id, name }) {
      const doing = `switch the server ${name} on`;
      await api.ask(`/servers/${id}/actions/poweron`, { method: "POST", body: {}, doing });
    },
    async setTags({ kind, id, name }, tags) {
      const doing = `change the labels of ${name}`;
      await api.ask(`/${collection[kind]}/${id}`, { method: "PUT", body: { labels: tags }, doing });
    },
  };
}

function thingOf(kind: Thing["kind"], one: Entity): Thing {
  const base = { kind, id: String(one.id), name: one.name, tags: one.labels, created: new Date(one.created) };
  if (kind !== "server") return base;
  const server = {
    running: one.status === "running" || one.status === "starting" || one.status === "initializing",
    publicAddress: one.public_net?.ipv4?.ip,
    privateAddress: one.private_net?.[0]?.ip,
  };
  return { ...base, server };
}

function unlessGone(error: unknown): void {
  if (!(error instanceof LabwrightError && error.code === "cloud-not-found")) throw error;
}

function assertKnown(what: string, name: string, known: readonly string[]): void {
  if (known.includes(name)) return;
  throw new LabwrightError({
    code: "cloud-unknown-name",
    message: `Hetzner Cloud has no ${what} ${name}${what === "size" ? " in that region" : ""}`,
    remedy: `in the lab file's \`cloud\`, for \`${what}\`: ${choose(name, known)}`,
    exit: exitCode.usage,
  });
}

const tokenMissing = (): LabwrightError =>
  new LabwrightError({
    code: "cloud-token-missing",
    message: "there is no token for Hetzner Cloud in the environment",
    remedy:
      "make one in the cloud's console (read and write), and put it into HCLOUD_TOKEN; docs/cloud.md has the steps",
    exit: exitCode.usage,
  });
