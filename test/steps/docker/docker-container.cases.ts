import type { StepCases } from "../../support/step-cases.ts";
import { json, nothing } from "../../support/steps.ts";

const inspected = (image: string, running: boolean) => ({
  found: json([
    {
      Id: "5f1c",
      Name: "/web",
      Config: { Image: image },
      State: { Status: running ? "running" : "exited", Running: running },
    },
  ]),
});

export const cases: StepCases = {
  params: { container: "web", image: "web:1" },
  fresh: { differences: ["there is no container web"] },
  right: inspected("web:1", true),
  alsoRight: {
    "the default image": {
      params: { container: "web" },
      facts: inspected("docker.io/library/nginx:latest", true),
    },
  },
  wrong: {
    "another image, stopped": {
      facts: inspected("web:2", false),
      differences: ["web runs web:2, expected is web:1", "the container web does not run"],
    },
    "no container": {
      facts: { found: { ...nothing, stdout: "[]\n" } },
      differences: ["there is no container web"],
    },
  },
  apply: { "a fresh machine": {} },
  undo: { "a right machine": {} },
};
