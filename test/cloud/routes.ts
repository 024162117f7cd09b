import { ApiError, type Cloud } from "./cloud.ts";
import { type Entity, fits, type Kind, kinds, type Server, singular } from "./model.ts";

export interface Answer {
  status: number;
  value?: unknown;
}

type Body = Record<string, unknown>;

const ok = (value: unknown, status = 200): Answer => ({ status, value });
const isKind = (word: string): word is Kind => kinds.some((kind) => kind === word);

/** Carries one request out. `path` is behind /v1: `/servers/12/actions/poweron`. */
export async function answer(
  cloud: Cloud,
  method: string,
  path: string,
  query: URLSearchParams,
  body: Body,
): Promise<Answer> {
  const [kind = "", id, actions, command] = path.split("/").filter((word) => word !== "");
  if (kind === "actions") return ok(actionsOf(cloud, id, query));
  if (kind === "server_types" || kind === "images" || kind === "locations")
    return catalogued(kind, cloud.catalogue[kind], id, query);
  if (kind === "pricing") return ok({ pricing: { currency: "EUR", primary_ips: primaryIpPrices } });
  if (!isKind(kind)) throw new ApiError(404, "not_found", `the service has no ${path}`);
  if (actions === "actions" && command !== undefined)
    return ok({ action: await act(cloud, kind, Number(id), command, body), actions: [] }, 201);
  if (id === undefined) return method === "POST" ? create(cloud, kind, body) : ok(listed(cloud, kind, query));
  return one(cloud, kind, Number(id), method, body);
}

const primaryIpPrices = [
  { type: "ipv4", prices: [{ location: "nbg1", price_hourly: { net: "0.0008", gross: "0.0009520" } }] },
];

function page(kind: string, found: readonly unknown[]): Body {
  const pagination = {
    page: 1,
    per_page: 50,
    previous_page: null,
    next_page: null,
    last_page: 1,
    total_entries: found.length,
  };
  return { [kind]: found, meta: { pagination } };
}

function listed(cloud: Cloud, kind: Kind, query: URLSearchParams): Body {
  const name = query.get("name");
  const found = [...cloud.things[kind].values()].filter(
    (one) =>
      (name === null || one.name === name) &&
      fits(one.labels, query.get("label_selector")) &&
      (query.get("fingerprint") === null || one.fingerprint === query.get("fingerprint")),
  );
  return page(kind, found);
}

function catalogued(kind: string, list: Entity[], id: string | undefined, query: URLSearchParams): Answer {
  if (id !== undefined) {
    const found = list.find((one) => String(one.id) === id);
    if (!found) throw new ApiError(404, "not_found", `no ${kind} ${id}`);
    return ok({ [kind.slice(0, -1)]: found });
  }
  const name = query.get("name");
  return ok(page(kind, name === null ? list : list.filter((one) => one.name === name)));
}

function actionsOf(cloud: Cloud, id: string | undefined, query: URLSearchParams): Body {
  if (id !== undefined) return { action: cloud.actions.get(Number(id)) };
  return page(
    "actions",
    query.getAll("id").map((one) => cloud.actions.get(Number(one))),
  );
}

async function create(cloud: Cloud, kind: Kind, body: Body): Promise<Answer> {
  const made = await cloud.create(kind, body);
  const value: Body = { [singular(kind)]: made };
  if (kind === "servers")
    Object.assign(value, { action: cloud.action("create_server"), next_actions: [], root_password: null });
  if (kind === "firewalls") value.actions = [];
  return ok(value, 201);
}

async function one(cloud: Cloud, kind: Kind, id: number, method: string, body: Body): Promise<Answer> {
  const found = cloud.things[kind].get(id);
  if (!found) throw new ApiError(404, "not_found", `${singular(kind)} with ID '${id}' not found`);
  if (method === "DELETE") {
    await cloud.remove(kind, id);
    return kind === "servers" ? ok({ action: cloud.action("delete_server") }) : { status: 204 };
  }
  if (method === "PUT") Object.assign(found, body);
  return ok({ [singular(kind)]: found });
}

async function act(cloud: Cloud, kind: Kind, id: number, command: string, body: Body): Promise<unknown> {
  if (kind === "servers") await actOnServer(cloud, cloud.server(id), command, body);
  if (kind === "networks") {
    const network = cloud.things.networks.get(id);
    const subnets = (network?.subnets ?? []) as { ip_range: string }[];
    if (command === "add_subnet") subnets.push({ ...(body as { ip_range: string }) });
    if (command === "delete_subnet" && network)
      network.subnets = subnets.filter(({ ip_range }) => ip_range !== body.ip_range);
  }
  const firewall = cloud.things.firewalls.get(id);
  if (kind === "firewalls" && command === "set_rules" && firewall) firewall.rules = body.rules;
  return cloud.action(command, [{ id, type: singular(kind) }]);
}

async function actOnServer(cloud: Cloud, server: Server, command: string, body: Body): Promise<void> {
  if (command === "poweron") {
    await cloud.computers.powerOn(server.name);
    server.status = "running";
  }
  if (command === "poweroff" || command === "shutdown") {
    await cloud.computers.powerOff(server.name);
    server.status = "off";
  }
  if (command === "attach_to_network")
    await cloud.attach(server, Number(body.network), typeof body.ip === "string" ? body.ip : "");
}
