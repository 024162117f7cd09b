import type { StepCases } from "../../support/step-cases.ts";
import { nothing, said } from "../../support/steps.ts";

/** As the probe prints them: node, status, title. */
const line = (node: string, status = "200", title = "<title>Welcome to nginx!</title>") =>
  `${node}\t${status}\t${title}\n`;
const all = `${line("cp")}${line("w1")}`;

export const cases: StepCases = {
  machine: "localhost",
  context: (context) => ({
    ...context,
    reach: (name, port) => `${name === "cp" ? "192.0.2.10" : "192.0.2.11"}:${port}`,
  }),
  fresh: {
    differences: [
      "from inside the lab, cp does not answer",
      "from inside the lab, w1 does not answer",
      "from this computer, cp does not answer",
      "from this computer, w1 does not answer",
    ],
  },
  right: { inside: said(all), outside: said(all) },
  alsoRight: {
    "this computer does not reach the port": {
      context: (context) => ({ ...context, reach: () => undefined }),
      facts: { outside: said("") },
    },
    "another page is wanted": {
      params: { title: "It works!" },
      facts: {
        inside: said(all.replaceAll("Welcome to nginx!", "It works!")),
        outside: said(all.replaceAll("Welcome to nginx!", "It works!")),
      },
    },
  },
  wrong: {
    "one node does not answer inside": {
      facts: { inside: said(`${line("cp")}${line("w1", "000", "")}`) },
      differences: ["from inside the lab, w1 does not answer"],
    },
    "one node answers with an error outside": {
      facts: { outside: said(`${line("cp")}${line("w1", "502")}`) },
      differences: ["from this computer, w1 answers with 502"],
    },
    "another page": {
      facts: { outside: said(all.replace("Welcome to nginx!", "It works!")) },
      differences: ["from this computer, cp answers with a page that is not nginx's"],
    },
    "no control plane to ask from": {
      facts: { inside: nothing },
      differences: ["from inside the lab, cp does not answer", "from inside the lab, w1 does not answer"],
    },
  },
};
