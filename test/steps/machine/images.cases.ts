import { kubernetesImages } from "../../../src/kubernetes/images.ts";
import type { StepCases } from "../../support/step-cases.ts";
import { nothing, said } from "../../support/steps.ts";

const names = kubernetesImages.names("1.36");
const [first = ""] = names;
const lines = (...all: string[]) => said(`${all.join("\n")}\n`);
const old = ["the images of kubernetes for this release are not on the machine"];

export const cases: StepCases = {
  params: { set: "kubernetes" },
  fresh: { differences: old },
  right: {
    present: lines(...names, "docker.io/library/nginx:latest"),
    record: lines("# Kubernetes 1.36.3", ...names),
  },
  wrong: {
    "one image is missing": {
      facts: { present: lines(...names.slice(1)) },
      differences: [`the image ${first} is missing`],
    },
    "the images of another release": {
      facts: { record: lines("# Kubernetes 1.36.2", ...names) },
      differences: old,
    },
    "a runtime that does not answer": {
      facts: { present: nothing },
      differences: names.map((name) => `the image ${name} is missing`),
    },
  },
  apply: {
    "a fresh machine": {
      answers: [
        ["uname -m", "x86_64\ndebian\nbookworm\n"],
        ["config images list", lines(...names)],
      ],
    },
    "a kubeadm that lists another image": {
      answers: [
        ["uname -m", "x86_64\ndebian\nbookworm\n"],
        ["config images list", lines(...names, "registry.k8s.io/pause:9")],
      ],
      throws: /kubeadm lists images that were not compiled: registry\.k8s\.io\/pause:9/,
    },
    "images of an exercise": {
      params: { set: "exercises" },
      answers: [["uname -m", "x86_64\ndebian\nbookworm\n"]],
    },
  },
  undo: {
    "a right machine": {},
    "images that exercises share": { params: { set: "exercises", keep: true } },
  },
};
