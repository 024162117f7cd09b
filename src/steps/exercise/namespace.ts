import { z } from "zod";
import { sh } from "../../hosts/sh.ts";
import { kubectl } from "../../kubernetes/kubectl.ts";
import { objectName } from "../../kubernetes/objects.ts";
import { studentsIn } from "../../kubernetes/students.ts";
import { writeAllYaml } from "../../lab/yaml.ts";
import { step } from "../step.ts";

/** Waits until a namespace is deleted. */
const gone = (name: string) => kubectl(sh`wait --for=delete namespace/${name} --timeout=120s`, 120);

/** Kinds that would create new pods. */
const controllers = "deployments,statefulsets,daemonsets,replicasets,jobs,cronjobs";

/** Without the standard "baseline", anyone who may make pods there is root on a node, and so the cluster's administrator. */
const namespaceOf = (name: string) => ({
  apiVersion: "v1",
  kind: "Namespace",
  metadata: { name, labels: { "pod-security.kubernetes.io/enforce": "baseline" } },
});

export const namespace = step({
  summary: "Creates a namespace in which students may work; `reset` deletes it with everything in it.",
  params: z.strictObject({ name: objectName.describe("The name of the namespace.") }),
  example: { name: "shop" },

  probe: ({ name }) => ({
    phase: kubectl(sh`get namespace ${name} --ignore-not-found -o ${"jsonpath={.status.phase}"}`),
  }),

  check: ({ phase }, { name }) => {
    if (phase.code !== 0) return ["the API server does not answer"];
    if (phase.stdout === "Active") return [];
    return [`the namespace ${name} is ${phase.stdout === "" ? "missing" : phase.stdout}`];
  },

  apply: async (host, { name }) => {
    await host.run(sh`
      ${gone(name)} 2>/dev/null
      printf %s ${writeAllYaml([namespaceOf(name), studentsIn(name)])} | ${kubectl(sh`create -f -`)}`);
  },

  places: ({ name }) => [{ kind: "namespace", name }],

  // If pods are left, the namespace waits for half of their grace period, and only then looks again.
  undo: async (host, { name }) => {
    await host.run(sh`
      ${kubectl(sh`-n ${name} delete ${controllers} --all --wait=false`)} || exit 1
      ${kubectl(sh`-n ${name} delete pods --all --grace-period=1`, 60)}
      ${kubectl(sh`delete namespace ${name} --ignore-not-found --wait=false`)} || exit 1
      ${gone(name)}`);
  },
});
