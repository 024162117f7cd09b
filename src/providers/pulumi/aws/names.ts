import {
  type _InstanceType,
  DescribeImagesCommand,
  DescribeInstanceTypesCommand,
  DescribeRegionsCommand,
  type Image,
  paginateDescribeInstanceTypeOfferings,
} from "@aws-sdk/client-ec2";
import type { CloudChoice } from "../../../lab/cloud.ts";
import type { Architecture, Resolved } from "../cloud.ts";
import { assertArchitecture, assertKnown } from "../validate-name.ts";
import { Ec2, type Ec2Options, filter } from "./api.ts";

const cloud = "AWS";

/** A region that every account has; it is asked if another one does not exist. */
export const surelyThere = "us-east-1";

/** The regions that the account may use, as one region lists them. */
export async function regionsOf(options: Ec2Options): Promise<string[]> {
  const ec2 = new Ec2(options);
  const { Regions = [] } = await ec2.ask({ doing: "list the cloud's regions" }, () =>
    ec2.client.send(new DescribeRegionsCommand({}), ec2.sending),
  );
  return Regions.flatMap(({ RegionName }) => RegionName ?? []).sort();
}

/** Throws `cloud-unknown-name` if the region does not exist or is not enabled for the account; else nothing. */
export async function assertRegion(options: Ec2Options): Promise<void> {
  const known = await regionsOf({ ...options, region: surelyThere }).catch(() => undefined);
  if (known) assertKnown({ cloud, what: "region", name: options.region, known });
}

/**
 * The accounts that publish images, and how they name them: https://wiki.debian.org/Cloud/AmazonEC2Image,
 * https://documentation.ubuntu.com/aws/aws-how-to/instances/find-ubuntu-images/
 */
const publishers = [
  {
    of: /^debian-\d+$/,
    account: "136693071363",
    pattern: (name: string, architecture: string) => `${name}-${architecture}-*`,
    name: /^(debian-\d+)-(?:amd64|arm64)-\d/,
  },
  {
    of: /^ubuntu-\d\d\.\d\d$/,
    account: "099720109477",
    pattern: (name: string, architecture: string) =>
      `ubuntu/images/hvm-ssd*/ubuntu-*-${name.replace("ubuntu-", "")}-${architecture}-server-*`,
    name: /\/(ubuntu)-[a-z]+-(\d\d\.\d\d)-(?:amd64|arm64)-server-\d/,
  },
];

/** Resolves the names of a lab file; throws `cloud-unknown-name` with the nearest for an unknown one. */
export async function resolve(
  { region, size, image }: CloudChoice,
  ec2: Ec2,
  options: Ec2Options,
): Promise<Resolved> {
  // A misspelt region has no address to ask, and an organization may have closed all others than the lab's.
  const regions = regionsOf(options).catch(() => regionsOf({ ...options, region: surelyThere }));
  assertKnown({ cloud, what: "region", name: region, known: await regions });
  const zones = await zonesOf(ec2, region, size);
  const architecture = await architectureOf(ec2, size);
  return { zone: zones[0] ?? "", image: await imageOf(ec2, { image, size, architecture }), architecture };
}

/** The zones of the region that have servers of that size, in their order. */
async function zonesOf(ec2: Ec2, region: string, size: string): Promise<string[]> {
  const offerings = (LocationType: "availability-zone" | "region", ...sizes: string[]) =>
    ec2.all(
      "ask for the types of servers",
      () =>
        paginateDescribeInstanceTypeOfferings(
          { client: ec2.client },
          { LocationType, ...(sizes.length > 0 && { Filters: [filter("instance-type", ...sizes)] }) },
          ec2.sending,
        ),
      ({ InstanceTypeOfferings }) => InstanceTypeOfferings,
    );
  const there = await offerings("availability-zone", size);
  if (there.length === 0) {
    const known = (await offerings("region")).flatMap(({ InstanceType }) => InstanceType ?? []);
    assertKnown({ cloud, what: "size", name: size, known });
  }
  // Zones with longer names are other locations, with their own rules and prices.
  const isOrdinary = (zone: string) => zone.length === region.length + 1;
  return there.flatMap(({ Location = "" }) => (isOrdinary(Location) ? Location : [])).sort();
}

async function architectureOf(ec2: Ec2, size: string): Promise<Architecture> {
  const InstanceTypes = [size as _InstanceType];
  const { InstanceTypes: types = [] } = await ec2.ask({ doing: "ask for the type of the servers" }, () =>
    ec2.client.send(new DescribeInstanceTypesCommand({ InstanceTypes }), ec2.sending),
  );
  return types[0]?.ProcessorInfo?.SupportedArchitectures?.includes("arm64") ? "arm64" : "amd64";
}

interface Wanted {
  image: string;
  size: string;
  architecture: Architecture;
}

/** The newest image of a name; an identifier is used unchanged. */
async function imageOf(ec2: Ec2, { image: name, size, architecture }: Wanted): Promise<string> {
  const images = async (given: { ImageIds: string[] } | { Owners: string[]; name: string }) => {
    const query =
      "name" in given
        ? { Owners: given.Owners, Filters: [filter("name", given.name), filter("state", "available")] }
        : given;
    const { Images = [] } = await ec2.ask({ doing: `look for the image ${name}` }, () =>
      ec2.client.send(new DescribeImagesCommand(query), ec2.sending),
    );
    return Images;
  };
  if (name.startsWith("ami-")) {
    const ofImage = (await images({ ImageIds: [name] })).map((one) =>
      one.Architecture === "arm64" ? ("arm64" as const) : ("amd64" as const),
    );
    assertArchitecture({ size, image: name, architectures: new Map([[size, architecture]]), ofImage });
    return name;
  }
  const publisher = publishers.find(({ of }) => of.test(name));
  const candidates = publisher
    ? await images({ Owners: [publisher.account], name: publisher.pattern(name, architecture) })
    : [];
  const newest = candidates.sort(byAge)[0]?.ImageId;
  if (newest !== undefined) return newest;
  const all = await Promise.all(
    publishers.map(async ({ account, pattern, name: shape }) => {
      const some = await images({ Owners: [account], name: pattern("*", architecture) });
      return some.flatMap(({ Name = "" }) => shape.exec(Name)?.slice(1).join("-") ?? []);
    }),
  );
  assertKnown({ cloud, what: "image", name, known: [...new Set(all.flat())].sort() });
  return name;
}

const byAge = (a: Image, b: Image): number => (b.CreationDate ?? "").localeCompare(a.CreationDate ?? "");
