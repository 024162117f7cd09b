import { z } from "zod";
import { addressOf } from "../../engine/address.ts";
import { onMachine } from "../../engine/step.ts";
import { type Command, lines, sh } from "../../hosts/sh.ts";
import type { Output } from "../../hosts/types.ts";
import { controlPlaneOf, nodesOf } from "../../lab/roles.ts";
import { step } from "../step.ts";
import { nodePort } from "./nginx-nodeport.ts";

/** Asks a URL and prints `URL <tab> status <tab> title of the page`; a status of 000 means that there was no answer. */
const ask = (name: string, place: string): Command => sh`
  page=$(curl --silent --noproxy '*' --max-time 3 --write-out '\n%{http_code}' ${`http://${place}/`})
  printf '%s\t%s\t%s\n' ${name} "$(printf %s "$page" | tail -n 1)" "$(printf %s "$page" | grep -o '<title>.*</title>')"`;

export const nodeportAnswers = step({
  summary:
    "Expects an HTTP 200 with a certain page title from the NodePort of every node, from inside the lab and from this computer.",
  params: z.strictObject({
    nodePort: nodePort.describe("The port that every node is asked at."),
    title: z.string().default("Welcome to nginx!").describe("The title of the expected page."),
  }),
  example: { title: "Welcome to nginx!" },

  probe: ({ nodePort }, context) => {
    const nodes = nodesOf(context.lab).map(({ name }) => name);
    const reachable = nodes.flatMap((name) => {
      const place = context.reach(name, nodePort);
      return place === undefined ? [] : [ask(name, place)];
    });
    return {
      inside: onMachine(
        controlPlaneOf(context.lab),
        lines(nodes.map((name) => ask(name, `${addressOf(context, name)}:${nodePort}`))),
      ),
      outside: lines([sh`true`, ...reachable]),
    };
  },

  check: (facts, { nodePort, title }, { lab, reach }) => {
    const nodes = nodesOf(lab).map(({ name }) => name);
    return [
      ...unanswered(facts.inside, nodes, title).map((what) => `from inside the lab, ${what}`),
      ...unanswered(
        facts.outside,
        nodes.filter((name) => reach(name, nodePort) !== undefined),
        title,
      ).map((what) => `from this computer, ${what}`),
    ];
  },

  patience: { seconds: 120, for: "nginx to answer on every node" },
});

function unanswered({ stdout }: Output, nodes: readonly string[], title: string): string[] {
  const answers = new Map(
    stdout.split("\n").map((line) => [line.split("\t")[0], line.split("\t").slice(1)] as const),
  );
  return nodes.flatMap((node) => {
    const [status = "000", page = ""] = answers.get(node) ?? [];
    if (status === "000") return [`${node} does not answer`];
    if (status !== "200") return [`${node} answers with ${status}`];
    return page.includes(title) ? [] : [`${node} answers with a page that is not nginx's`];
  });
}
