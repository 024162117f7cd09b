import { z } from "zod";
import { addressOf } from "../../engine/address.ts";
import type { CheckContext, Facts } from "../../engine/step.ts";
import { LabwrightError } from "../../errors.ts";
import { sh } from "../../hosts/sh.ts";
import { apiPort } from "../../lab/ports.ts";
import { isControlPlane } from "../../lab/roles.ts";
import { backUp, restore } from "../../linux/backup.ts";
import { familyOf, osRelease } from "../../linux/family.ts";
import { contentOf, inactive, isOurs, serviceState, textDifference } from "../../linux/files.ts";
import { haproxyConfig } from "../../linux/haproxy.ts";
import { installPackages, removePackages } from "../../linux/packages.ts";
import { template } from "../../template.ts";
import { step } from "../step.ts";

const owner = "load-balancer";
/** The package manager's notes are kept apart: `restore` removes its own. */
const packages = `${owner}-packages`;
const unit = "labwright-load-balancer.service";
const unitFile = `/etc/systemd/system/${unit}`;
const wanted = `/etc/systemd/system/multi-user.target.wants/${unit}`;
/** A separate file and unit: the machine's owner may use the distribution's for something else. */
const configFile = "/etc/labwright/haproxy.cfg";
const haproxy = "/usr/sbin/haproxy";
/** systemd creates it for the distribution's unit (BindReadOnlyPaths), and the package does not remove it. */
const mountPoint = { "/var/lib/haproxy": ["dev/log"] };

const configOf = (context: CheckContext): string =>
  haproxyConfig([
    {
      name: "kubernetes-api",
      port: apiPort,
      kind: "api-server",
      servers: context.lab.machines
        .filter(isControlPlane)
        .map(({ name }) => ({ name, address: addressOf(context, name), port: apiPort })),
    },
  ]);

const unitText = (): string =>
  template("load-balancer/labwright-load-balancer.service", { haproxy, config: configFile });

export const loadBalancer = step({
  summary:
    "Runs HAProxy in front of the API servers of the lab's control planes; it sends requests to those that are ready.",
  params: z.strictObject({}),

  probe: () => ({
    program: sh`test -x ${haproxy}`,
    config: contentOf(configFile),
    unit: contentOf(unitFile),
    state: serviceState(unit),
    listening: sh`ss --no-header --listening --tcp --numeric --processes ${`sport = :${apiPort}`}`,
    release: osRelease,
  }),

  check: (facts, _, context) => [
    ...(facts.program.code === 0 ? [] : ["HAProxy is not installed"]),
    ...textDifference(configFile, facts.config, configOf(context)),
    ...textDifference(unitFile, facts.unit, unitText()),
    ...inactive(unit, facts.state),
  ],

  apply: async (host, _, context, facts) => {
    assertPortFree(host.name, facts);
    if (facts.program.code !== 0) {
      const family = familyOf(host.name, facts.release);
      await host.run(backUp(owner, { freshFolders: mountPoint }));
      await installPackages(host, context, packages, { family, names: ["haproxy"] });
    }
    if (!isOurs(facts.unit)) await host.run(backUp(owner, { fresh: [configFile, unitFile, wanted] }));
    await host.write({ path: configFile, content: configOf(context) });
    await host.write({ path: unitFile, content: unitText() });
    await host.run(sh`
      ${haproxy} -c -q -f ${configFile} &&
      systemctl daemon-reload && systemctl enable --quiet ${unit} && systemctl reload-or-restart ${unit}`);
  },

  undo: async (host, _, context) => {
    await host.run(sh`if [ -e ${unitFile} ]; then systemctl stop ${unit}; fi`);
    await restore(host, context, owner);
    await host.run(sh`systemctl daemon-reload; systemctl reset-failed ${unit} 2>/dev/null; true`);
    await removePackages(host, context, packages);
  },

  patience: { seconds: 10, for: "HAProxy to run" },
});

/** Throws if another program listens at the API server's port. */
function assertPortFree(machine: string, { listening, state }: Facts<"listening" | "state">): void {
  if (listening.stdout.trim() === "" || state.stdout.trim() === "active") return;
  const process = /\(\("([^"]+)",pid=(\d+)/.exec(listening.stdout);
  throw new LabwrightError({
    code: "port-taken",
    message: `TCP port ${apiPort} of ${machine} is taken${process ? ` by ${process[1]} (process ${process[2]})` : ""}`,
    remedy: "Stop that program, or use another machine as the load balancer.",
  });
}
