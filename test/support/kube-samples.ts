import type { Output } from "../../src/hosts/types.ts";
import { json } from "./steps.ts";

/** Objects as the API server lists them, for the facts of steps that compare pods with what made them. */
export const listOf = (...items: object[]): Output => json({ kind: "List", items });

interface PodGiven {
  labels?: Record<string, string>;
  /** The name of the ReplicaSet or Job that controls it; none if absent. */
  controller?: string;
  ready?: boolean;
  going?: boolean;
  status?: object;
  spec?: object;
  metadata?: object;
}

/** Its uid is `uid-NAME`. */
export const pod = (name: string, given: PodGiven = {}) => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: {
    name,
    uid: `uid-${name}`,
    labels: given.labels ?? {},
    ...(given.controller && {
      ownerReferences: [{ name: given.controller, uid: `uid-${given.controller}`, controller: true }],
    }),
    ...(given.going && { deletionTimestamp: "2026-11-30T03:00:00Z" }),
    ...given.metadata,
  },
  spec: given.spec ?? {},
  status: {
    conditions: [
      {
        type: "Ready",
        status: (given.ready ?? true) ? "True" : "False",
        lastTransitionTime: "2026-11-30T03:00:20Z",
      },
    ],
    ...given.status,
  },
});

/** A ReplicaSet of a Deployment. */
export const replicaSet = (name: string, deployment: string) => ({
  apiVersion: "apps/v1",
  kind: "ReplicaSet",
  metadata: {
    name,
    uid: `uid-${name}`,
    ownerReferences: [{ name: deployment, uid: `uid-${deployment}`, controller: true }],
  },
});

/** An event about the object of a name, whose uid is `uid-NAME`. */
export const event = (about: string, reason: string, message = "", more: object = {}) => ({
  apiVersion: "v1",
  kind: "Event",
  metadata: { name: `${about}.${reason}` },
  involvedObject: { name: about, uid: `uid-${about}` },
  reason,
  message,
  ...more,
});

export const object = (kind: string, name: string, more: object = {}) => ({
  apiVersion: "v1",
  kind,
  metadata: { name, uid: `uid-${name}` },
  ...more,
});

/** A Deployment whose container runs an image. */
export const running = (image: string, name = "visitor"): Output =>
  json({
    kind: "Deployment",
    metadata: { name },
    spec: { template: { spec: { containers: [{ name, image }] } } },
  });
