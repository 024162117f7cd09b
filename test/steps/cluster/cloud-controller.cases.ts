import { hetznerControllerVersion } from "../../../src/components/cloud/hetzner/release.ts";
import type { StepCases } from "../../support/step-cases.ts";
import { nothing, said, withLab } from "../../support/steps.ts";

process.env.HCLOUD_TOKEN = "flour";

const context = withLab({
  provider: "pulumi",
  cloud: {
    name: "hetzner",
    region: "hel1",
    size: "cpx22",
    image: "debian-12",
    expiry: "8h",
    bootLimit: "5m",
    controller: true,
  },
  playbooks: ["internal/cloud-controller"],
});
const heading = (settings: object, version = hetznerControllerVersion) =>
  said(`# Written by labwright: hcloud-cloud-controller-manager ${version} ${JSON.stringify(settings)}\n`);
const settings = { network: "labwright-basics", location: "hel1", podSubnet: "10.244.0.0/16" };
const present = [
  "serviceaccount/hcloud-cloud-controller-manager",
  "clusterrolebinding.rbac.authorization.k8s.io/system:hcloud-cloud-controller-manager",
  "deployment.apps/hcloud-cloud-controller-manager",
];
const notApplied = "the cloud-controller-manager has not been applied with the lab's settings";

export const cases: StepCases = {
  context,
  fresh: { differences: [notApplied, "the Secret hcloud with the cloud's token is missing"] },
  right: {
    heading: heading(settings),
    wanted: said("3\n"),
    present: said(`${present.join("\n")}\n`),
    secret: said("secret/hcloud\n"),
  },
  wrong: {
    "another location": {
      facts: { heading: heading({ ...settings, location: "fsn1" }) },
      differences: [notApplied],
    },
    "another release": { facts: { heading: heading(settings, "1.0.0") }, differences: [notApplied] },
    "objects that somebody deleted": {
      facts: { present: said(`${present[0]}\n`) },
      differences: ["2 of the cloud-controller-manager's objects are missing"],
    },
    "no Secret": {
      facts: { secret: said("") },
      differences: ["the Secret hcloud with the cloud's token is missing"],
    },
    "an API server that does not answer": {
      facts: { present: nothing, secret: nothing },
      differences: [
        "3 of the cloud-controller-manager's objects are missing",
        "the Secret hcloud with the cloud's token is missing",
      ],
    },
  },
  apply: { "a fresh cluster": {} },
};
