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
  server_types: Entity[];
  images: Entity[];
  locations: Entity[];
}

const prices = (hourly: string, locations: readonly string[]) =>
  locations.map((location) => ({
    location,
    price_hourly: { net: hourly, gross: (Number(hourly) * 1.19).toFixed(10) },
    price_monthly: { net: "3.4900", gross: "4.1531" },
    included_traffic: 21990232555520,
    price_per_tb_traffic: { net: "1.00", gross: "1.19" },
  }));

const serverType = (id: number, name: string, cores: number, memory: number, hourly: string): Entity => ({
  id,
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
  architecture: "x86",
  deprecated: false,
  deprecation: null,
  included_traffic: 0,
  prices: prices(hourly, ["nbg1", "fsn1", "hel1"]),
  locations: ["nbg1", "fsn1", "hel1"].map((place, index) => ({
    id: index + 1,
    name: place,
    deprecation: null,
  })),
});

const image = (id: number, name: string, flavor: string, version: string): Entity => ({
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
  architecture: "x86",
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
  server_types: [serverType(1, "cx23", 2, 4, "0.0056"), serverType(2, "cx33", 4, 8, "0.0088")],
  images: [image(11, "debian-12", "debian", "12"), image(12, "ubuntu-24.04", "ubuntu", "24.04")],
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
