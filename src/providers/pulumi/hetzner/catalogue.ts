import { LabwrightError } from "../../../errors.ts";
import type { Architecture } from "../cloud.ts";

/** The parts of the API's answers that we read. https://docs.hetzner.cloud/reference/cloud */
export interface Location {
  name: string;
  network_zone: string;
}

export interface Price {
  location: string;
  price_hourly: { gross: string };
}

export interface ServerType {
  name: string;
  architecture: string;
  cores: number;
  /** In GB. */
  memory: number;
  prices: Price[];
  locations?: TypeLocation[];
}

interface TypeLocation {
  name: string;
  /** Absent in answers from before 2026-04. */
  available?: boolean;
  deprecation?: { unavailable_after: string } | null;
}

export interface Image {
  name: string | null;
  architecture: string;
}

/** kubeadm's requirements for a control plane, and those of the lab's own add-ons. */
const least = { cores: 2, memory: 4 };

export const architectureOf = ({ architecture }: ServerType | Image): Architecture =>
  architecture === "arm" ? "arm64" : "amd64";

export const hourlyIn = (prices: readonly Price[] = [], region: string): number =>
  Number(prices.find(({ location }) => location === region)?.price_hourly.gross ?? 0);

/** Whether the cloud sells a type in a region at all: prices stay when it is sold out. */
export const isSoldIn = ({ prices }: ServerType, region: string): boolean =>
  prices.some(({ location }) => location === region);

const locationOf = ({ locations = [] }: ServerType, region: string): TypeLocation | undefined =>
  locations.find(({ name }) => name === region);

function endedOn(type: ServerType, region: string, now: Date): string | undefined {
  const end = locationOf(type, region)?.deprecation?.unavailable_after;
  return end !== undefined && new Date(end) <= now ? end.slice(0, 10) : undefined;
}

const isAvailable = (type: ServerType, region: string, now: Date): boolean =>
  isSoldIn(type, region) &&
  locationOf(type, region)?.available !== false &&
  endedOn(type, region, now) === undefined;

interface Wanted {
  type: ServerType;
  region: string;
  types: readonly ServerType[];
  locations: readonly Location[];
  currency: string;
  now: Date;
}

/** `size: cpx22` (2 CPUs, 4 GB, 0.0381 EUR an hour): the cheapest sufficient type that can be ordered. */
function cheapest({ type, region, types, currency, now }: Wanted): string | undefined {
  const [first] = types
    .filter((one) => one.architecture === type.architecture && isAvailable(one, region, now))
    .filter(({ cores, memory }) => cores >= least.cores && memory >= least.memory)
    .sort((a, b) => hourlyIn(a.prices, region) - hourlyIn(b.prices, region));
  if (!first) return undefined;
  const { name, cores, memory, prices } = first;
  return `\`size: ${name}\` (${cores} CPUs, ${memory} GB, ${hourlyIn(prices, region).toFixed(4)} ${currency} an hour)`;
}

/** Another region that has the type: one of the same network zone if there is one. */
function elsewhere({ type, region, locations, now }: Wanted): string | undefined {
  const zone = locations.find(({ name }) => name === region)?.network_zone;
  const having = locations.filter(({ name }) => isAvailable(type, name, now));
  const best = having.find(({ network_zone }) => network_zone === zone) ?? having[0];
  return best && `\`region: ${best.name}\`, where ${type.name} is available`;
}

/** The error for a type that cannot be ordered in a region now, with what can be; undefined if it can be ordered. */
export function soldOut(wanted: Wanted): LabwrightError | undefined {
  const { type, region, now } = wanted;
  if (isAvailable(type, region, now)) return undefined;
  const end = endedOn(type, region, now);
  const ways = [cheapest(wanted), elsewhere(wanted)].filter((way) => way !== undefined);
  return new LabwrightError({
    code: "cloud-sold-out",
    message:
      end === undefined
        ? `Hetzner Cloud has no server of the size ${type.name} available in ${region}`
        : `Hetzner Cloud no longer sells servers of the size ${type.name} in ${region} (since ${end})`,
    remedy:
      ways.length > 0
        ? `In \`cloud\` of the lab file, set ${ways.join(", or ")}.`
        : "Try again later, or choose another `region` in `cloud` of the lab file.",
  });
}
