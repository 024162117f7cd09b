import { runtimes } from "./available.ts";
import type { DraftMachine } from "./draft.ts";
import { type Finding, valueAt } from "./finding.ts";
import { isNodeRole } from "./names.ts";

const others = runtimes.supported.filter((name) => name !== "docker");

/** What a lab with Docker as its nodes' container runtime cannot have. */
export function runtimeFindings(value: unknown, machines: readonly DraftMachine[] = []): Finding[] {
  if (valueAt(value, ["cluster", "runtime"]) !== "docker") return [];
  return [
    ...mirrored(value),
    ...machines
      .filter(({ role, hasSoftware }) => role !== undefined && isNodeRole(role) && hasSoftware)
      .map(({ path }) => ({
        path: [...path, "software"],
        part: "key" as const,
        message: "the node's Docker engine is the kubelet's, and has no networks but the cluster's",
        remedy: "delete the line, and use a machine with the role app-server for Docker",
      })),
  ];
}

/** Docker asks a mirror for images of Docker Hub only: https://docs.docker.com/docker-hub/image-library/mirror/ */
function mirrored(value: unknown): Finding[] {
  const path = ["mirrors", "images"];
  if (valueAt(value, path) === undefined) return [];
  const message = "the runtime docker uses a mirror for Docker Hub only, and not for registry.k8s.io";
  return [{ path, part: "key" as const, message, remedy: `use another runtime: ${others.join(", ")}` }];
}
