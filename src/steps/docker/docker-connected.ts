import { z } from "zod";
import { dockerLabelKeys } from "../../docker/labels.ts";
import { dockerName } from "../../docker/network.ts";
import type { Facts, Probes } from "../../engine/step.ts";
import { type Command, lines, sh } from "../../hosts/sh.ts";
import { step } from "../step.ts";

/** Prints a line for each network that a container is on. */
const networksOf = (container: string): Command =>
  sh`docker inspect --type container --format '{{range $name, $_ := .NetworkSettings.Networks}}{{println $name}}{{end}}' ${container}`;

export const dockerConnected = step({
  summary: "Connects containers to one Docker network of a machine, and to no other.",
  params: z.strictObject({
    network: dockerName.describe("The one network that the containers are on."),
    containers: z.array(dockerName).min(1).describe("The names of the containers."),
    original: z
      .boolean()
      .default(false)
      .describe("Whether they must be containers that labwright made, and not others of the same names."),
  }),
  example: { network: "news", containers: ["web", "db"], original: true },

  probe: ({ containers }): Probes => ({
    ...Object.fromEntries(containers.map((one) => [one, networksOf(one)])),
    "made by labwright": sh`docker ps --all --filter label=${dockerLabelKeys.id} --format '{{.Names}}'`,
  }),

  check: (facts: Facts, { network, containers, original }) =>
    containers.flatMap((container) => {
      const fact = facts[container];
      if (fact?.code !== 0) return [`there is no container ${container}`];
      const found = fact.stdout.split("\n").filter((name) => name !== "");
      const others = found.filter((name) => name !== network);
      const isOurs = facts["made by labwright"]?.stdout.split("\n").includes(container);
      return [
        ...(original && !isOurs ? [`${container} is not the container that was there`] : []),
        ...(found.includes(network) ? [] : [`${container} is not on the network ${network}`]),
        ...(others.length === 0 ? [] : [`${container} is on the network ${others.join(", ")} too`]),
      ];
    }),

  apply: async (host, { network, containers }) => {
    await host.run(lines(containers.map((one) => move(one, network))));
  },

  undo: async (host, { network, containers }) => {
    const back = containers.map(
      (one) => sh`if ${networksOf(one)} 2>/dev/null | grep -qxF ${network}; then ${move(one, "bridge")}; fi`,
    );
    await host.run(sh`command -v docker >/dev/null || exit 0
      ${lines(back)}`);
  },
});

const move = (container: string, network: string): Command => sh`
  ${networksOf(container)} | grep -qxF ${network} || docker network connect ${network} ${container} || exit 1
  for one in $(${networksOf(container)} | grep -vxF ${network}); do
    docker network disconnect "$one" ${container} || exit 1
  done`;
