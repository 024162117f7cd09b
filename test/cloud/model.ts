/** What the service keeps, in the shapes of the Hetzner Cloud API: https://docs.hetzner.cloud/reference/cloud */
export interface Entity {
  id: number;
  name: string;
  labels: Record<string, string>;
  created: string;
  [field: string]: unknown;
}

export interface PrivateNet {
  network: number;
  ip: string;
  alias_ips: string[];
  mac_address: string;
}

export interface Server extends Entity {
  status: "initializing" | "off" | "running";
  public_net: { ipv4: { id: number; ip: string; blocked: boolean; dns_ptr: string } } & Record<
    string,
    unknown
  >;
  private_net: PrivateNet[];
}

export const kinds = ["servers", "networks", "firewalls", "ssh_keys", "load_balancers"] as const;
export type Kind = (typeof kinds)[number];

/** The key under which the API answers one thing of a kind: `server` for `servers`. */
export const singular = (kind: Kind): string => kind.slice(0, -1);

export interface Catalogue {
  server_types: ServerType[];
  images: Entity[];
  locations: Entity[];
}

/** Where a type of servers is sold; `available` is whether one can be made there now. */
export interface TypeLocation {
  id: number;
  name: string;
  available: boolean;
  recommended: boolean;
  deprecation: { announced: string; unavailable_after: string } | null;
}

export interface ServerType extends Entity {
  locations: TypeLocation[];
}

const european = ["nbg1", "fsn1", "hel1"];

const prices = (hourly: string) =>
  european.map((location) => ({
    location,
    price_hourly: { net: hourly, gross: (Number(hourly) * 1.19).toFixed(10) },
    price_monthly: { net: "3.4900", gross: "4.1531" },
    included_traffic: 21990232555520,
    price_per_tb_traffic: { net: "1.00", gross: "1.19" },
  }));

interface Size {
  name: string;
  cores: number;
  memory: number;
  hourly: string;
  architecture?: "x86" | "arm";
}

/**
 * With the fields of the API's schema since 2026-04: hetznercloud/hcloud-go, hcloud/schema/server_type.go at b8cfa39
 * (`locations[].available`, `.recommended`, `.deprecation`), and
 * https://docs.hetzner.cloud/changelog#2026-04-01-datacenter-deprecations. `category` and prices are like the real ones.
 */
const serverType = (
  { name, cores, memory, hourly, architecture = "x86" }: Size,
  index: number,
): ServerType => ({
  id: index + 1,
  name,
  labels: {},
  created: "2025-10-01T00:00:00Z",
  description: name.toUpperCase(),
  category: "cost_optimized",
  cores,
  memory,
  disk: cores * 20,
  storage_type: "local",
  cpu_type: "shared",
  architecture,
  deprecated: false,
  deprecation: null,
  included_traffic: 0,
  prices: prices(hourly),
  locations: european.map((place, at) => ({
    id: at + 1,
    name: place,
    available: true,
    recommended: false,
    deprecation: null,
  })),
});

const image = (id: number, name: string, flavor: string, version: string, architecture = "x86"): Entity => ({
  id,
  name,
  labels: {},
  created: "2024-01-01T00:00:00Z",
  status: "available",
  type: "system",
  description: name,
  image_size: null,
  disk_size: 5,
  created_from: null,
  bound_to: null,
  os_flavor: flavor,
  os_version: version,
  architecture,
  rapid_deploy: true,
  protection: { delete: false },
  deprecated: null,
  deleted: null,
});

const location = (id: number, name: string, zone: string): Entity => ({
  id,
  name,
  labels: {},
  created: "2024-01-01T00:00:00Z",
  description: name,
  country: "DE",
  city: name,
  latitude: 49.4,
  longitude: 11.1,
  network_zone: zone,
});

/** A small part of what the real cloud offers; the figures are like its own, and nobody pays them. */
export const catalogue = (): Catalogue => ({
  server_types: [
    { name: "cpx12", cores: 1, memory: 2, hourly: "0.0192" },
    { name: "cx23", cores: 2, memory: 4, hourly: "0.0096" },
    { name: "cpx22", cores: 2, memory: 4, hourly: "0.0320" },
    { name: "cx33", cores: 4, memory: 8, hourly: "0.0144" },
    { name: "cax11", cores: 2, memory: 4, hourly: "0.0104", architecture: "arm" as const },
  ].map(serverType),
  images: [
    image(11, "debian-12", "debian", "12"),
    image(12, "ubuntu-24.04", "ubuntu", "24.04"),
    image(13, "debian-12", "debian", "12", "arm"),
    image(14, "debian-11", "debian", "11"),
  ],
  locations: [
    location(1, "nbg1", "eu-central"),
    location(2, "fsn1", "eu-central"),
    location(3, "hel1", "eu-central"),
  ],
});

/** Whether labels fit a selector such as `labwright-lab,labwright-lab=ci`. */
export const fits = (labels: Record<string, string>, selector: string | null): boolean =>
  (selector ?? "")
    .split(",")
    .filter((term) => term !== "")
    .every((term) => {
      const [key = "", value] = term.split(/==?/);
      return key in labels && (value === undefined || labels[key] === value);
    });
