import { z } from "zod";
import { sh } from "../../hosts/sh.ts";
import { step } from "../step.ts";

export const userKubectl = step({
  summary: "Expects kubectl to work as an administrator of the cluster in a login shell of a user.",
  params: z.strictObject({ user: z.string().describe("The user whose login shell is used.") }),
  example: { user: "thor" },

  probe: ({ user }) => ({
    nodes: sh`timeout 15 su - ${user} -c ${"kubectl --request-timeout=5s get nodes -o name"} </dev/null 2>&1`,
  }),

  check: ({ nodes }, { user }, { machine }) => {
    if (nodes.code === 0 && /^node\//m.test(nodes.stdout)) return [];
    const said = nodes.stdout.trim().split("\n").at(-1) ?? "";
    return [`on ${machine.name}, \`kubectl get nodes\` as ${user} ends with: ${said || "no node"}`];
  },

  patience: { seconds: 10, for: "kubectl to answer" },
});
