import { createHash } from "node:crypto";
import type { Computers } from "./computers.ts";
import { catalogue, type Entity, type Kind, kinds, type Server } from "./model.ts";

/** An error as the API tells it. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");
const numbers = (value: unknown): number[] => (Array.isArray(value) ? value.map(Number) : []);

/** What an account has in the cloud. */
export class Cloud {
  readonly computers: Computers;
  readonly catalogue = catalogue();
  readonly things: Record<Kind, Map<number, Entity>> = {
    servers: new Map(),
    networks: new Map(),
    firewalls: new Map(),
    ssh_keys: new Map(),
    load_balancers: new Map(),
  };
  readonly actions = new Map<number, unknown>();
  #last = 1000;

  constructor(computers: Computers) {
    this.computers = computers;
  }

  /** Everything that there is: `servers labwright-ci-cp`. */
  list(): string[] {
    return kinds.flatMap((kind) => [...this.things[kind].values()].map(({ name }) => `${kind} ${name}`));
  }

  action(command: string, resources: { id: number; type: string }[] = []): Record<string, unknown> {
    const now = new Date().toISOString();
    const action = {
      id: ++this.#last,
      status: "success",
      command,
      progress: 100,
      started: now,
      finished: now,
      error: null,
      resources,
    };
    this.actions.set(action.id, action);
    return action;
  }

  async create(kind: Kind, body: Record<string, unknown>): Promise<Entity> {
    const name = text(body.name);
    if ([...this.things[kind].values()].some((one) => one.name === name))
      throw new ApiError(409, "uniqueness_error", `${kind.slice(0, -1)} name is already used`);
    const labels = (body.labels ?? {}) as Record<string, string>;
    const base: Entity = { id: ++this.#last, name, labels, created: new Date().toISOString() };
    const entity = { ...base, ...(await this.#fieldsOf(kind, base.id, body)) };
    this.things[kind].set(entity.id, entity);
    return entity;
  }

  async #fieldsOf(kind: Kind, id: number, body: Record<string, unknown>): Promise<Record<string, unknown>> {
    if (kind === "ssh_keys") return keyFields(text(body.public_key));
    if (kind === "firewalls") return { rules: rulesOf(body.rules), applied_to: [] };
    if (kind === "servers") return this.#serverFields(body);
    if (kind === "load_balancers") return { private_net: [{ network: body.network, ip: "10.88.0.200" }] };
    await this.computers.makeNetwork(id, text(body.ip_range));
    return {
      ip_range: body.ip_range,
      subnets: body.subnets ?? [],
      routes: [],
      servers: [],
      load_balancers: [],
      protection: { delete: false },
      expose_routes_to_vswitch: false,
    };
  }

  async #serverFields(body: Record<string, unknown>): Promise<Record<string, unknown>> {
    const type = named(this.catalogue.server_types, body.server_type, "server type");
    const image = named(this.catalogue.images, body.image, "image");
    const place = named(this.catalogue.locations, body.location, "location");
    const sold = type.locations.find(({ name }) => name === place.name);
    if (!sold) throw new ApiError(422, "invalid_input", "unsupported location for server type");
    if (!sold.available)
      throw new ApiError(412, "resource_unavailable", "server type is not available there");
    const keys = numbers(body.ssh_keys).map((id) => text(this.things.ssh_keys.get(id)?.public_key));
    const { ip } = await this.computers.make(text(body.name), text(body.user_data), keys);
    if (body.start_after_create !== false) await this.computers.powerOn(text(body.name));
    const firewalls = Array.isArray(body.firewalls) ? body.firewalls : [];
    return {
      status: body.start_after_create === false ? "off" : "running",
      public_net: {
        ipv4: { id: ++this.#last, ip, blocked: false, dns_ptr: "" },
        ipv6: null,
        floating_ips: [],
        firewalls: firewalls.map(({ firewall }: { firewall: number }) => ({
          id: firewall,
          status: "applied",
        })),
      },
      private_net: [],
      server_type: type,
      image,
      location: place,
      datacenter: null,
      included_traffic: 0,
      outgoing_traffic: 0,
      ingoing_traffic: 0,
      backup_window: null,
      rescue_enabled: false,
      iso: null,
      locked: false,
      protection: { delete: false, rebuild: false },
      volumes: [],
      primary_disk_size: 40,
      placement_group: null,
      load_balancers: [],
    };
  }

  server(id: number): Server {
    const found = this.things.servers.get(id);
    if (!found) throw new ApiError(404, "not_found", `server with ID '${id}' not found`);
    return found as Server;
  }

  async attach(server: Server, network: number, wanted: string): Promise<void> {
    const range = text(this.things.networks.get(network)?.ip_range);
    const used = this.servers().flatMap((one) => one.private_net.map(({ ip }) => ip));
    const base = range.split(".").slice(0, 3).join(".");
    const free = Array.from({ length: 200 }, (_, i) => `${base}.${i + 2}`).find((ip) => !used.includes(ip));
    const ip = wanted || free || "";
    await this.computers.attach(server.name, network, ip);
    server.private_net.push({ network, ip, alias_ips: [], mac_address: "86:00:00:00:00:01" });
  }

  async remove(kind: Kind, id: number): Promise<void> {
    const found = this.things[kind].get(id);
    if (!found) throw new ApiError(404, "not_found", `${kind.slice(0, -1)} with ID '${id}' not found`);
    const inUse = this.servers().some(
      (one) =>
        (kind === "networks" && one.private_net.some(({ network }) => network === id)) ||
        (kind === "firewalls" && JSON.stringify(one.public_net.firewalls).includes(`"id":${id},`)),
    );
    if (inUse && kind === "firewalls")
      throw new ApiError(409, "resource_in_use", `firewall with ID '${id}' is still in use`);
    if (kind === "servers") await this.computers.remove(found.name);
    if (kind === "networks") {
      await this.computers.removeNetwork(id);
      // Nothing tells any more whose a load balancer was.
      for (const one of this.things.load_balancers.values()) one.private_net = [];
    }
    this.things[kind].delete(id);
  }

  servers(): Server[] {
    return [...this.things.servers.values()] as Server[];
  }
}

const keyFields = (key: string) => ({
  public_key: key,
  fingerprint: createHash("md5")
    .update(Buffer.from(key.split(" ")[1] ?? "", "base64"))
    .digest("hex")
    .replaceAll(/(..)(?=.)/g, "$1:"),
});

const rulesOf = (rules: unknown) =>
  (Array.isArray(rules) ? rules : []).map((rule) => ({
    source_ips: [],
    destination_ips: [],
    description: null,
    ...rule,
  }));

function named<T extends Entity>(list: readonly T[], wanted: unknown, what: string): T {
  const found = list.find(({ id, name }) => String(id) === String(wanted) || name === wanted);
  if (!found) throw new ApiError(422, "invalid_input", `${what} '${wanted}' not found`);
  return found;
}
