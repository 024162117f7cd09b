import type { StepCases } from "../../support/step-cases.ts";
import { said } from "../../support/steps.ts";

const block = (...lines: string[]) =>
  ["# labwright: the machines of the lab", ...lines, "# labwright: end", ""].join("\n");
const asIs = block("10.89.0.10 cp", "10.89.0.11 w1", "10.89.0.12 spare");
/** As Debian's installer writes it: a machine's own name is a loopback address. */
const debian = "127.0.0.1\tlocalhost\n127.0.1.1\tcp\n";
const resolved = "cp 127.0.1.1\nw1 10.89.0.11\nspare 10.89.0.12\n";

export const cases: StepCases = {
  fresh: {
    facts: { hosts: said(debian), resolved: said("cp 127.0.1.1\n") },
    differences: [
      "/etc/hosts does not name the lab's machines",
      "/etc/labwright/hosts does not name them for the next start",
    ],
  },
  right: { hosts: said(`${debian}${asIs}`), kept: said(asIs), resolved: said(resolved) },
  alsoRight: {
    "a machine that is away keeps its line": {
      context: (context) => ({ ...context, addresses: new Map([["cp", "10.89.0.10"]]) }),
    },
  },
  wrong: {
    "an address of an earlier machine": {
      facts: { kept: said(asIs.replace("11 w1", "13 w1")) },
      differences: ["/etc/labwright/hosts does not name them for the next start"],
    },
    "a line above ours that counts": {
      facts: { resolved: said(resolved.replace("10.89.0.11", "10.9.9.9")) },
      differences: ["w1 has the address 10.9.9.9 on this machine, not 10.89.0.11"],
    },
    "a loopback address for another machine": {
      facts: { resolved: said(resolved.replace("10.89.0.11", "127.0.1.1")) },
      differences: ["w1 has the address 127.0.1.1 on this machine, not 10.89.0.11"],
    },
    "a machine that has no address yet": {
      context: (context) => ({ ...context, addresses: new Map([["cp", "10.89.0.10"]]) }),
      facts: { hosts: said(block("10.89.0.10 cp")), kept: said(block("10.89.0.10 cp")) },
      differences: ["w1 has no address yet", "spare has no address yet"],
    },
  },
  apply: {
    "a fresh machine": { answers: [["getent", resolved]] },
    "a machine with a line above ours": {
      answers: [["getent", resolved.replace("10.89.0.11", "10.9.9.9")]],
    },
  },
  undo: { "a right machine": {} },
};
