import { z } from "zod";
import { dockerName } from "../../docker/network.ts";
import { type Command, lines, sh } from "../../hosts/sh.ts";
import { httpGet } from "../../linux/http-get.ts";
import { step } from "../step.ts";

/** Seconds until a container that does not answer counts as unreachable. */
const patience = 2;

const pairsOf = (groups: readonly (readonly string[])[]): [string, string][] => {
  const all = groups.flat();
  return all.flatMap((from) => all.filter((to) => to !== from).map((to): [string, string] => [from, to]));
};

/** Tries from the network of one container every address of the other; prints `from to` if one answers. */
const attempt = (from: string, to: string, port: number): Command => sh`(
  pid=$(docker inspect --format '{{.State.Pid}}' ${from})
  for address in $(docker inspect --format '{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}' ${to}); do
    nsenter --target "$pid" --net ${httpGet({ host: sh`"$address"`, port, path: "/" }, patience)} | grep -q ^HTTP/ &&
      printf '%s %s\n' ${from} ${to} && break
  done ) &`;

export const dockerReach = step({
  summary:
    "Expects containers of one group to reach each other over HTTP and no container of another group, by connecting from each to each.",
  params: z
    .strictObject({
      groups: z
        .array(z.array(dockerName).min(1))
        .min(2)
        .describe("Lists of container names; containers of one list reach each other and no others."),
      port: z.int().min(1).max(65535).default(80).describe("The TCP port that is asked."),
    })
    .refine(
      ({ groups }) => new Set(groups.flat()).size === groups.flat().length,
      "a container is in one group",
    ),
  example: { groups: [["web", "shop"], ["db"]] },

  probe: ({ groups, port }) => ({
    running: sh`docker inspect --type container --format '{{.Name}} {{.State.Running}}' ${groups.flat()} | grep ' true$'`,
    reached: sh`${lines(pairsOf(groups).map(([from, to]) => attempt(from, to, port)))}
      wait`,
  }),

  check: ({ running, reached }, { groups }) => {
    const runs = running.stdout.split("\n");
    const down = groups.flat().filter((name) => !runs.includes(`/${name} true`));
    if (down.length > 0) return down.map((name) => `the container ${name} does not run`);
    const seen = reached.stdout.split("\n");
    return pairsOf(groups).flatMap(([from, to]) => {
      const isWanted = groups.some((group) => group.includes(from) && group.includes(to));
      const isReached = seen.includes(`${from} ${to}`);
      if (isWanted === isReached) return [];
      return [isWanted ? `${from} does not reach ${to}` : `${from} reaches ${to}, and should not`];
    });
  },

  patience: { seconds: 20, for: "the containers to reach each other" },
});
