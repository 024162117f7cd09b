import { z } from "zod";
import { cloudDefaults, clouds } from "./available.ts";
import { choice, text } from "./fields.ts";
import type { Flaw } from "./names.ts";
import { shown } from "./nearest.ts";

const durationPattern = /^[1-9]\d{0,3}[mhd]$/;
const namePattern = /^[a-zA-Z0-9][\w.-]{0,62}$/;

const duration = text(
  (value) => ifNot(durationPattern.test(value), `${shown(value)} is not a duration`, "write 30m, 8h or 2d"),
  { pattern: durationPattern.source, examples: ["30m", "8h", "2d"] },
);

const name = text(
  (value) =>
    ifNot(
      namePattern.test(value),
      `${shown(value)} is not a name that a cloud uses`,
      "use a name that the cloud has",
    ),
  { pattern: namePattern.source },
);

/** Anywhere outside: public networks too, and `0.0.0.0/0` for everyone. */
const outside = text(
  (value) =>
    ifNot(
      z.cidrv4().safeParse(value).success,
      `${shown(value)} is not an IPv4 network in CIDR notation`,
      "write 203.0.113.0/24, one address as 203.0.113.7/32, everyone as 0.0.0.0/0",
    ),
  { examples: ["203.0.113.7/32"] },
);

const ifNot = (isRight: boolean, message: string, remedy: string): Flaw | undefined =>
  isRight ? undefined : { message, remedy };

const addresses = z.array(outside).min(1).optional();

const ofEach = (field: "region" | "size" | "image"): string =>
  Object.entries(cloudDefaults)
    .map(([cloud, { [field]: value }]) => `${value} (${cloud})`)
    .join(", ");

const fields = z.strictObject({
  name: choice("cloud", clouds).prefault("hetzner").describe("The cloud: hetzner or aws."),
  region: name.optional().describe(`Where in the cloud, by its own name. Default: ${ofEach("region")}.`),
  size: name
    .optional()
    .describe(`The type of the servers: two processors and 4 GB at least. Default: ${ofEach("size")}.`),
  image: name
    .optional()
    .describe(`What the servers start from: Debian or Ubuntu. Default: ${ofEach("image")}.`),
  expiry: duration
    .default("8h")
    .describe("How long after its creation `labwright sweep --delete` may delete the lab."),
  bootLimit: duration.default("5m").describe("How long a server may take until its sshd answers."),
  allowFrom: addresses.describe(
    "Networks from which SSH and the Kubernetes API can be reached. Default: this computer's own address.",
  ),
  nodePortsFrom: addresses.describe("Networks from which NodePorts can be reached. Default: as allowFrom."),
  controller: z
    .boolean()
    .default(false)
    .describe(
      "Whether the cloud's own cloud-controller-manager runs in the cluster, so that a Service can be a LoadBalancer. Hetzner Cloud only.",
    ),
  backend: z
    .string()
    .min(1)
    .optional()
    .describe("Where Pulumi keeps its state: the URL of a backend. Default: files in the lab's own folder."),
});

const checked = fields.superRefine(({ name: cloud, controller }, context) => {
  if (controller && cloud !== "hetzner")
    context.addIssue({
      code: "custom",
      path: ["controller"],
      message: `labwright runs no cloud-controller-manager in ${cloud} yet`,
      params: { remedy: "take controller out, or write name: hetzner" },
    });
});

/** Which cloud the pulumi provider uses, and how. Other providers ignore it. */
export const cloudSchema = checked.transform(({ region, size, image, ...chosen }) => {
  const usual = cloudDefaults[chosen.name];
  return {
    ...chosen,
    region: region ?? usual.region,
    size: size ?? usual.size,
    image: image ?? usual.image,
  };
});

export type CloudChoice = z.output<typeof cloudSchema>;

const units = { m: 60, h: 3600, d: 86_400 } as const;

/** A duration in seconds. */
export function secondsOf(text: string): number {
  const unit = text.slice(-1) as keyof typeof units;
  return Number(text.slice(0, -1)) * units[unit];
}

/** What a lab's network and its other single resources are called in a cloud. */
export const nameInCloud = (lab: string): string => `labwright-${lab}`;

/** The playbook of the cloud's controller, which is added after the cluster's when a lab file is expanded. */
export const controllerPlaybook = "internal/cloud-controller";

/** Whether the cloud's own controller initialises the lab's nodes. */
export const isControlled = ({ playbooks }: { playbooks: readonly string[] }): boolean =>
  playbooks.includes(controllerPlaybook);
