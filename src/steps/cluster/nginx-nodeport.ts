import { z } from "zod";
import { networkOf } from "../../components/network/networks.ts";
import { LabwrightError } from "../../errors.ts";
import { sh } from "../../hosts/sh.ts";
import { deleteApplied } from "../../kubernetes/applied-manifest.ts";
import { applyFile, ask, askNodes, jsonOf, type List, type Workload } from "../../kubernetes/kubectl.ts";
import { readyNodesIn } from "../../kubernetes/ready.ts";
import { nginxNodePort, nodePortRange } from "../../lab/ports.ts";
import { template } from "../../template.ts";
import { step } from "../step.ts";

const file = "/etc/labwright/nginx-nodeport.yaml";

export const nodePort = z.int().min(nodePortRange.first).max(nodePortRange.last).default(nginxNodePort);

interface NginxObject extends Workload {
  kind: string;
  spec: {
    replicas?: number;
    type?: string;
    ports?: { nodePort?: number }[];
    template?: { spec: { containers: { image: string }[] } };
  };
}

export const nginxNodeport = step({
  summary: "Creates a Deployment of nginx and a Service that offers it on a port of every node.",
  params: z.strictObject({
    namespace: z.string().default("default").describe("The namespace of both objects."),
    name: z.string().default("nginx").describe("The name of both objects."),
    image: z.string().default("docker.io/library/nginx:latest").describe("The image of the pods."),
    replicas: z.int().min(1).default(2).describe("The number of pods."),
    nodePort: nodePort.describe("The port of every node at which nginx answers."),
  }),
  example: { replicas: 3, nodePort: 30090 },

  probe: ({ namespace, name }) => ({
    objects: ask(sh`-n ${namespace} get deployment/${name} service/${name} --ignore-not-found -o json`),
  }),

  check: (facts, { name, image, replicas, nodePort }) => {
    const found =
      jsonOf<List<NginxObject>>(facts.objects)?.items ?? oneOf(jsonOf<NginxObject>(facts.objects));
    const deployment = found.find(({ kind }) => kind === "Deployment");
    const service = found.find(({ kind }) => kind === "Service");
    const containers = deployment?.spec.template?.spec.containers ?? [];
    return [
      ...(deployment ? [] : [`the deployment ${name} is missing`]),
      ...(!deployment || deployment.spec.replicas === replicas
        ? []
        : [`the deployment ${name} has ${deployment.spec.replicas} replicas, not ${replicas}`]),
      ...(!deployment || containers.some((one) => one.image === image)
        ? []
        : [`the deployment ${name} does not run ${image}`]),
      ...(service ? [] : [`the service ${name} is missing`]),
      ...(!service || service.spec.type === "NodePort"
        ? []
        : [`the service ${name} is a ${service.spec.type}, not a NodePort`]),
      ...(!service || service.spec.ports?.some((port) => port.nodePort === nodePort)
        ? []
        : [`the service ${name} is not on port ${nodePort}`]),
    ];
  },

  apply: async (host, params, { lab }) => {
    // Otherwise the step would wait for pods that no node can run.
    if (!networkOf(lab.cluster).installation) {
      const ready = readyNodesIn(await host.run(askNodes, { accept: "any" }));
      if (ready?.length === 0) throw noNetwork(lab.name);
    }
    await host.write({ path: file, content: template("nginx-nodeport/objects.yaml", params) });
    await host.run(applyFile(file));
  },

  undo: async (host) => {
    await host.run(deleteApplied(file));
  },

  within: "cluster",
  patience: { seconds: 30, for: "the API server to have the objects" },
});

const noNetwork = (lab: string): LabwrightError =>
  new LabwrightError({
    code: "no-pod-network",
    message: `no node of the lab ${lab} is Ready: the cluster has no pod network (cluster.network.plugin: none)`,
    remedy: `Install one, such as with \`kubectl --context ${lab} apply -f FILE\`, then run \`labwright up\` again; or take nginx-nodeport out of \`playbooks\`.`,
  });

/** kubectl prints a single object as itself, not as a list of one. */
const oneOf = (object: NginxObject | undefined): NginxObject[] =>
  object && "metadata" in object ? [object] : [];
