import { exitCode, LabwrightError } from "../errors.ts";
import { unlessInterrupted } from "../interruption.ts";
import type { Cloud, CloudResource, RegionClient } from "../providers/pulumi/cloud.ts";
import { cloudsAtHand, kinds } from "../providers/pulumi/clouds.ts";
import { removeAll } from "../providers/pulumi/remove.ts";
import { tag, timeOf } from "../providers/pulumi/tags.ts";
import { interruption } from "../session/interrupt.ts";
import { show } from "../session/session.ts";
import { print, printJson, tell } from "../ui/print.ts";
import { table } from "../ui/table.ts";

const wayOn = "Run `labwright sweep --delete` again to remove the rest.";

export interface SweepOptions {
  /** Removes what has expired; without it nothing is touched. */
  delete?: boolean;
  /** Only resources of this lab. */
  lab?: string;
  json?: boolean;
}

interface Place {
  /** The cloud's. */
  name: string;
  region?: string;
}

export interface Swept {
  cloud: string;
  /** Absent if all of the cloud's regions are asked at once. */
  region?: string;
  kind: string;
  name: string;
  lab: string;
  owner: string;
  /** ISO 8601. Empty if the tag is absent or labwright did not write it; the resource then never expires. */
  expiry: string;
  /** The tag's value, if it is not such a time. */
  unreadable?: string;
  expired: boolean;
  removed: boolean;
}

/** Lists what labwright has made in clouds, by its tags and without any state; removes what has expired, if asked to. */
export async function sweep(options: SweepOptions): Promise<void> {
  const signal = interruption();
  const clouds = await cloudsAtHand(process.env, signal);
  if (clouds.length === 0) throw noCloud();
  const now = new Date();
  const parts = await unlessInterrupted(signal, lookIn(clouds, options.lab));
  if (options.delete) {
    const expiredIn = async (cloud: Cloud) =>
      (await cloud.list(options.lab)).filter((one) => isExpired(one, now));
    await show("sweep", { quiet: true, wayOn }, async (activity) => {
      const ends = parts.map(({ part: { cloud } }) =>
        removeAll(cloud, () => expiredIn(cloud), activity, signal),
      );
      // One region that fails, or is interrupted first, keeps no other from coming to its boundary.
      await Promise.allSettled(ends);
      await Promise.all(ends);
    });
  }
  const sweeping = parts.map(async ({ part, resources }) => {
    const left = new Set(
      (options.delete ? await part.cloud.list(options.lab) : resources).map(({ id }) => id),
    );
    return resources.map((resource) => rowOf(part, resource, now, !left.has(resource.id)));
  });
  const rows = (await Promise.all(sweeping)).flat();
  if (options.json) printJson(rows, 2);
  else print(textOf(rows, options));
  if (options.delete && rows.some(({ expired, removed }) => expired && !removed))
    process.exitCode = exitCode.failed;
}

/** How a region reports that the account or its credentials have no access to it. */
const closedCodes = ["cloud-forbidden", "cloud-account-incomplete", "cloud-account-pending"];

/**
 * What the parts of the clouds have. An organization may close single regions: those that the credentials may not look
 * at are named on stderr, and the others swept all the same.
 */
async function lookIn(
  parts: readonly (Place & RegionClient)[],
  lab: string | undefined,
): Promise<{ part: Place & RegionClient; resources: CloudResource[] }[]> {
  const answers = await Promise.allSettled(parts.map(({ cloud }) => cloud.list(lab)));
  const failed = answers.flatMap((answer) => (answer.status === "rejected" ? [answer.reason] : []));
  const isClosed = (error: unknown) => error instanceof LabwrightError && closedCodes.includes(error.code);
  const worst = failed.find((error) => !isClosed(error)) ?? (failed.length === answers.length && failed[0]);
  if (worst) throw worst;
  const closed = parts.filter((_, index) => answers[index]?.status === "rejected").map(placeOf);
  if (closed.length > 0) tell(`Not looked at, because these credentials may not: ${closed.join(", ")}.\n`);
  return parts.flatMap((part, index) => {
    const answer = answers[index];
    return answer?.status === "fulfilled" ? [{ part, resources: answer.value }] : [];
  });
}

const placeOf = ({ name, region }: Place): string => (region === undefined ? name : `${name} ${region}`);

const isExpired = ({ tags }: CloudResource, now: Date): boolean => {
  const expiry = timeOf(tags[tag.expiry]);
  return expiry !== undefined && expiry <= now;
};

const expiryOf = (text?: string): Pick<Swept, "expiry" | "unreadable"> => {
  const expiry = timeOf(text)?.toISOString() ?? "";
  return { expiry, ...(text !== undefined && expiry === "" && { unreadable: text }) };
};

const rowOf = ({ name, region }: Place, resource: CloudResource, now: Date, removed: boolean): Swept => ({
  cloud: name,
  ...(region !== undefined && { region }),
  kind: resource.kind,
  name: resource.name,
  lab: resource.tags[tag.lab] ?? "",
  owner: resource.tags[tag.owner] ?? "",
  ...expiryOf(resource.tags[tag.expiry]),
  expired: isExpired(resource, now),
  removed,
});

function textOf(rows: readonly Swept[], options: SweepOptions): string {
  if (rows.length === 0) return "There is nothing of labwright's in the cloud.\n";
  const lines = rows.map((row) => [
    row.lab,
    placeOf({ ...row, name: row.cloud }),
    row.kind,
    row.name,
    row.owner,
    row.expiry,
    wordOf(row),
  ]);
  const expired = rows.filter((row) => row.expired).length;
  const advice =
    expired === 0 || options.delete
      ? ""
      : `${expired} have expired: \`labwright sweep --delete\` removes them.\n`;
  return `${table([["LAB", "CLOUD", "KIND", "NAME", "OWNER", "EXPIRES", ""], ...lines])}${advice}`;
}

const wordOf = ({ expired, removed, expiry, unreadable }: Swept): string => {
  if (removed) return "removed";
  if (unreadable !== undefined) return `not ours to delete: ${tag.expiry} is "${unreadable}"`;
  return expired ? "expired" : expiry === "" ? "has no expiry" : "";
};

const noCloud = (): LabwrightError =>
  new LabwrightError({
    code: "cloud-token-missing",
    message: "there are no credentials for any cloud in the environment",
    remedy: `Set ${Object.values(kinds)
      .map(({ errorCodes }) => errorCodes.credentials)
      .join(", or ")}`,
    exit: exitCode.usage,
  });
