import { z } from "zod";
import { addressOf } from "../../engine/address.ts";
import {
  type ApplyContext,
  type CheckContext,
  type Facts,
  onMachine,
  type Probes,
} from "../../engine/step.ts";
import { LabwrightError } from "../../errors.ts";
import { type Command, sh } from "../../hosts/sh.ts";
import type { Host } from "../../hosts/types.ts";
import { movingAddress, endpointUnit as unit } from "../../kubernetes/api-address.ts";
import { apiPort } from "../../lab/ports.ts";
import { isControlPlane } from "../../lab/roles.ts";
import { backUp, recordFolder, restore } from "../../linux/backup.ts";
import { familyOf, osRelease } from "../../linux/family.ts";
import { contentOf, inactive, isOurs, serviceState, textDifference } from "../../linux/files.ts";
import { answersAt, linkIn, linkOf } from "../../linux/links.ts";
import { installPackages, removePackages } from "../../linux/packages.ts";
import { template } from "../../template.ts";
import { step } from "../step.ts";

const owner = "control-plane-endpoint";
/** The package manager's notes are kept apart: `restore` removes its own. */
const packages = `${owner}-packages`;
const unitFile = `/etc/systemd/system/${unit}`;
const wanted = `/etc/systemd/system/multi-user.target.wants/${unit}`;
/** A separate file and unit: the distribution's are the owner's. */
const configFile = "/etc/labwright/keepalived.conf";
const keepalived = "/usr/sbin/keepalived";
const theirs = "keepalived.service";

type Own = "program" | "config" | "unit" | "state" | "link" | "holds" | "theirs" | "release";
/** Of each other control plane: its link with the address. */
type Others = `holds.${string}`;

const othersOf = ({ lab, machine }: CheckContext): string[] =>
  lab.machines.filter((one) => isControlPlane(one) && one.name !== machine.name).map(({ name }) => name);

/** Routers of one network are told apart by a number from 1 to 255. */
const routerOf = (endpoint: string): number => Number(endpoint.split(".").at(-1)) || 1;

const configOf = (endpoint: string, facts: Facts<"link">, context: CheckContext): string =>
  template("control-plane-endpoint/keepalived.conf", {
    machine: context.machine.name,
    port: apiPort,
    link: linkIn(facts.link),
    router: routerOf(endpoint),
    address: addressOf(context, context.machine.name),
    peers: othersOf(context)
      .map((name) => `    ${addressOf(context, name)}`)
      .join("\n"),
    endpoint,
  });

const unitText = (): string =>
  template("control-plane-endpoint/labwright-control-plane-endpoint.service", {
    keepalived,
    config: configFile,
    pid: "/run/labwright-keepalived.pid",
  });

export const controlPlaneEndpoint = step({
  summary:
    "Runs keepalived on the control planes of a lab with `cluster.controlPlaneEndpoint`: it keeps that address on one whose API server is ready.",
  params: z.strictObject({}),

  probe: (_, context): Probes<Own | Others> => {
    const endpoint = movingAddress(context);
    // Without it nothing is asked, and no fact is read.
    if (endpoint === undefined) return {} as Probes<Own>;
    return {
      program: sh`test -x ${keepalived}`,
      config: contentOf(configFile),
      unit: contentOf(unitFile),
      state: serviceState(unit),
      link: linkOf(context.addresses.get(context.machine.name) ?? ""),
      holds: linkOf(endpoint),
      // The package's installation would start it with a configuration that an earlier one has left.
      theirs: sh`systemctl is-active --quiet ${theirs} || { [ ! -x ${keepalived} ] && [ -s /etc/keepalived/keepalived.conf ]; }`,
      release: osRelease,
      ...Object.fromEntries(
        othersOf(context).map((name) => [`holds.${name}`, onMachine(name, linkOf(endpoint))]),
      ),
    };
  },

  check: (facts, _, context) => {
    const endpoint = movingAddress(context);
    if (endpoint === undefined) return [];
    const flaws = [
      ...(facts.program.code === 0 ? [] : ["keepalived is not installed"]),
      ...textDifference(configFile, facts.config, configOf(endpoint, facts, context)),
      ...textDifference(unitFile, facts.unit, unitText()),
      ...inactive(unit, facts.state),
    ];
    return flaws.length > 0 ? flaws : holderDifferences(endpoint, facts, context);
  },

  apply: async (host, _, context, facts) => {
    const endpoint = movingAddress(context);
    if (endpoint === undefined) return;
    if (facts.theirs.code === 0) throw ownKeepalived(host.name);
    if (!isOurs(facts.unit)) await assertFree(host, endpoint, context, facts);
    if (facts.program.code !== 0) {
      const family = familyOf(host.name, facts.release);
      await installPackages(host, context, packages, { family, names: ["keepalived"] });
    }
    if (!isOurs(facts.unit)) await host.run(backUp(owner, { fresh: [configFile, unitFile, wanted] }));
    await host.write({ path: configFile, content: configOf(endpoint, facts, context) });
    await host.write({ path: unitFile, content: unitText() });
    await host.run(sh`
      systemctl daemon-reload && systemctl enable --quiet ${unit} && systemctl reload-or-restart ${unit}`);
  },

  undo: async (host, _, context) => {
    const { code } = await host.run(sh`test -e ${recordFolder(owner)} || test -e ${recordFolder(packages)}`, {
      accept: [0, 1],
    });
    if (code !== 0) return;
    await host.run(sh`
      if [ -e ${unitFile} ]; then systemctl stop ${unit}; fi
      ${removeAddress}`);
    await restore(host, context, owner);
    await host.run(sh`systemctl daemon-reload; systemctl reset-failed ${unit} 2>/dev/null; true`);
    await removePackages(host, context, packages);
  },

  patience: { seconds: 20, for: "keepalived to agree on one control plane" },
});

/** keepalived takes the address away when it ends, but not if it is killed. */
const removeAddress: Command = sh`
  sed -n 's|^ *\([0-9.]*/32\) dev \(.*\)$|\1 \2|p' ${configFile} 2>/dev/null | while read -r address link; do
    ip -4 address delete "$address" dev "$link" 2>/dev/null
  done
  true`;

/** The control planes that have the address, as far as they answer. */
const holdersIn = (facts: Facts<"holds" | Others>, context: CheckContext): string[] => [
  ...(linkIn(facts.holds) === "" ? [] : [context.machine.name]),
  ...othersOf(context).filter((name) => linkIn(facts[`holds.${name}`]) !== ""),
];

function holderDifferences(
  endpoint: string,
  facts: Facts<"holds" | Others>,
  context: CheckContext,
): string[] {
  const holders = holdersIn(facts, context);
  if (holders.length === 0) return [`no control plane has the address ${endpoint}`];
  return holders.length === 1 || !holders.includes(context.machine.name)
    ? []
    : [
        `${holders.join(" and ")} have the address ${endpoint} at once: VRRP (IP protocol 112) does not pass between them`,
      ];
}

/** Throws if a computer has the address that is not one of the lab's control planes. */
async function assertFree(
  host: Host,
  endpoint: string,
  context: ApplyContext,
  facts: Facts<"holds" | Others>,
): Promise<void> {
  if (holdersIn(facts, context).length > 0) return;
  const { stdout } = await host.run(answersAt(endpoint));
  if (stdout.trim() === "") return;
  // Another control plane may have taken it since it was asked.
  const asked = othersOf(context).filter((name) => facts[`holds.${name}`]?.code === 0);
  const links = asked.map(async (name) => linkIn(await (await context.on(name)).run(linkOf(endpoint))));
  if ((await Promise.all(links)).some((link) => link !== "")) return;
  throw new LabwrightError({
    code: "address-taken",
    message: `the address ${endpoint} of the API server is in use by another computer (${stdout.trim()})`,
    remedy: "Give `cluster.controlPlaneEndpoint` a free address of the machines' network.",
  });
}

const ownKeepalived = (machine: string): LabwrightError =>
  new LabwrightError({
    code: "keepalived-in-use",
    message: `${machine} already has a keepalived: ${theirs} runs, or would run with /etc/keepalived/keepalived.conf`,
    remedy: "Stop it, or use another machine, or a machine with the role load-balancer.",
  });
