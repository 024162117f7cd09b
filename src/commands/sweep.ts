import { exitCode, LabwrightError } from "../errors.ts";
import type { Thing } from "../providers/pulumi/cloud.ts";
import { cloudsAtHand, kinds } from "../providers/pulumi/clouds.ts";
import { removeThings } from "../providers/pulumi/remove.ts";
import { tag, timeOf } from "../providers/pulumi/tags.ts";
import { table } from "../ui/table.ts";
import { interruption } from "./shared/interrupt.ts";

export interface SweepOptions {
  /** Removes what has expired; without it nothing is touched. */
  delete?: boolean;
  /** Only things of this lab. */
  lab?: string;
  json?: boolean;
}

export interface Swept {
  cloud: string;
  kind: string;
  name: string;
  lab: string;
  owner: string;
  /** ISO 8601; empty where the tag tells no time, and then the thing never counts as expired. */
  expiry: string;
  expired: boolean;
  removed: boolean;
}

/** Lists what labwright has made in clouds, by its tags and past any state; removes what has expired, where asked to. */
export async function sweep(options: SweepOptions): Promise<void> {
  const clouds = await cloudsAtHand(process.env, interruption());
  if (clouds.length === 0) throw noCloud();
  const now = new Date();
  const swept = clouds.map(async ({ name, cloud }) => {
    const things = await cloud.list(options.lab);
    const expired = things.filter((thing) => isExpired(thing, now));
    if (options.delete) await removeThings(cloud, expired, () => {});
    const left = new Set((options.delete ? await cloud.list(options.lab) : things).map(({ id }) => id));
    return things.map((thing) => rowOf(name, thing, now, !left.has(thing.id)));
  });
  const rows = (await Promise.all(swept)).flat();
  process.stdout.write(options.json ? `${JSON.stringify(rows, undefined, 2)}\n` : textOf(rows, options));
  if (options.delete && rows.some(({ expired, removed }) => expired && !removed))
    process.exitCode = exitCode.failed;
}

const isExpired = ({ tags }: Thing, now: Date): boolean => {
  const expiry = timeOf(tags[tag.expiry]);
  return expiry !== undefined && expiry <= now;
};

const rowOf = (cloud: string, thing: Thing, now: Date, removed: boolean): Swept => ({
  cloud,
  kind: thing.kind,
  name: thing.name,
  lab: thing.tags[tag.lab] ?? "",
  owner: thing.tags[tag.owner] ?? "",
  expiry: timeOf(thing.tags[tag.expiry])?.toISOString() ?? "",
  expired: isExpired(thing, now),
  removed,
});

function textOf(rows: readonly Swept[], options: SweepOptions): string {
  if (rows.length === 0) return "There is nothing of labwright's in the cloud.\n";
  const lines = rows.map((row) => [row.lab, row.kind, row.name, row.owner, row.expiry, wordOf(row)]);
  const expired = rows.filter((row) => row.expired).length;
  const advice =
    expired === 0 || options.delete
      ? ""
      : `${expired} have expired: \`labwright sweep --delete\` removes them.\n`;
  return `${table([["LAB", "KIND", "NAME", "OWNER", "EXPIRES", ""], ...lines])}${advice}`;
}

const wordOf = ({ expired, removed, expiry }: Swept): string =>
  removed ? "removed" : expired ? "expired" : expiry === "" ? "has no expiry" : "";

const noCloud = (): LabwrightError =>
  new LabwrightError({
    code: "cloud-token-missing",
    message: "there are no credentials for any cloud in the environment",
    remedy: `give ${Object.values(kinds)
      .map(({ dialect }) => dialect.credentials)
      .join(", or ")}`,
    exit: exitCode.usage,
  });
