import { listOf, object } from "../../support/kube-samples.ts";
import type { StepCases } from "../../support/step-cases.ts";
import { nothing, said } from "../../support/steps.ts";

const volume = object("PersistentVolume", "shelf");
const storageClass = object("StorageClass", "shelves");

export const cases: StepCases = {
  params: { name: "shelf", storageClass: "shelves", size: "100Mi" },
  fresh: { differences: ["the API server does not answer"] },
  right: { objects: listOf(volume, storageClass), folder: said("") },
  wrong: {
    "no volume": {
      facts: { objects: listOf(storageClass) },
      differences: ["the PersistentVolume shelf is missing"],
    },
    "no class, and no folder": {
      facts: { objects: listOf(volume), folder: nothing },
      differences: ["the StorageClass shelves is missing", "w1 has no folder for the volume shelf"],
    },
  },
  apply: { "a fresh cluster": {} },
  undo: { always: {} },
};
