import { z } from "zod";
import { addressOf } from "../../engine/address.ts";
import { sh } from "../../hosts/sh.ts";
import { kubectl } from "../../kubernetes/kubectl.ts";
import { type KubeObject, objectName, objectsIn, placeOfObject, valuesAt } from "../../kubernetes/objects.ts";
import { ofKind } from "../../kubernetes/owned.ts";
import { controlPlaneOf } from "../../lab/roles.ts";
import { writeAllYaml } from "../../lab/yaml.ts";
import { step } from "../step.ts";

const serviceLabel = "kubernetes.io/service-name";
const port = z.int().min(1).max(65535);

export const serviceToNode = step({
  summary:
    "Expects a Service without a selector, whose EndpointSlice leads to a port of the control plane's machine.",
  params: z.strictObject({
    namespace: objectName.describe("The namespace."),
    service: objectName.describe("The name of the Service."),
    port: port.describe("The port of the Service."),
    targetPort: port.describe("The port on the machine."),
  }),
  example: { namespace: "shop", service: "ledger", port: 80, targetPort: 10256 },

  probe: ({ namespace }) => ({
    objects: kubectl(sh`-n ${namespace} get services,endpointslices -o json`),
  }),

  check: (facts, { namespace, service, port, targetPort }, context) => {
    const objects = objectsIn(facts.objects);
    if (!objects) return ["the API server does not answer"];
    const found = ofKind(objects, "Service").find(({ metadata }) => metadata.name === service);
    if (!found) return [`the service ${service} is missing in the namespace ${namespace}`];
    if (valuesAt(found, ["spec", "selector"]).length > 0)
      return [`the service ${service} has a selector, so Kubernetes writes its EndpointSlices`];
    const ports = valuesAt(found, ["spec", "ports", "*", "port"]);
    if (!ports.includes(port))
      return [`the port of the service ${service}: ${ports.join(" and ")} seen, ${port} expected`];
    const slices = ofKind(objects, "EndpointSlice").filter((slice) => serviceOf(slice) === service);
    if (slices.length === 0) return [`no EndpointSlice has the label ${serviceLabel}=${service}`];
    const wanted = addressOf(context, controlPlaneOf(context.lab));
    const addresses = slices.flatMap((slice) => valuesAt(slice, ["endpoints", "*", "addresses", "*"]));
    const targets = slices.flatMap((slice) => valuesAt(slice, ["ports", "*", "port"]));
    return [
      ...(addresses.length > 0 && addresses.every((one) => one === wanted)
        ? []
        : [`the service ${service} leads to ${addresses.join(" and ") || "no address"}, ${wanted} expected`]),
      ...(targets.length > 0 && targets.every((one) => one === targetPort)
        ? []
        : [
            `the service ${service} leads to port ${targets.join(" and ") || "none"}, ${targetPort} expected`,
          ]),
    ];
  },

  apply: async (host, { namespace, service, port, targetPort }, context) => {
    const objects = [
      {
        apiVersion: "v1",
        kind: "Service",
        metadata: { name: service },
        spec: { ports: [{ name: "http", port, targetPort }] },
      },
      {
        apiVersion: "discovery.k8s.io/v1",
        kind: "EndpointSlice",
        metadata: { name: service, labels: { [serviceLabel]: service } },
        addressType: "IPv4",
        ports: [{ name: "http", port: targetPort, protocol: "TCP" }],
        endpoints: [{ addresses: [addressOf(context, controlPlaneOf(context.lab))] }],
      },
    ];
    await host.run(sh`
      ${kubectl(sh`-n ${namespace} delete service ${service} --ignore-not-found`)} &&
      ${kubectl(sh`-n ${namespace} delete endpointslices -l ${`${serviceLabel}=${service}`}`)} &&
      printf %s ${writeAllYaml(objects)} | ${kubectl(sh`-n ${namespace} create -f -`)}`);
  },

  places: ({ namespace, service }) =>
    ["Service", "EndpointSlice"].map((kind) =>
      placeOfObject({ apiVersion: "v1", kind, metadata: { name: service } }, namespace),
    ),

  undo: async (host, { namespace, service }) => {
    await host.run(sh`
      ${kubectl(sh`-n ${namespace} delete service ${service} --ignore-not-found`)} &&
      ${kubectl(sh`-n ${namespace} delete endpointslices -l ${`${serviceLabel}=${service}`}`)}`);
  },

  patience: { seconds: 30, for: "the Service" },
});

const serviceOf = (slice: KubeObject): unknown => valuesAt(slice, ["metadata", "labels", serviceLabel])[0];
