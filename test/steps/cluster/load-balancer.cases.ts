import { haproxyConfig } from "../../../src/linux/haproxy.ts";
import { template } from "../../../src/template.ts";
import type { StepCases } from "../../support/step-cases.ts";
import { nothing, said } from "../../support/steps.ts";

const release = said("ID=debian\n");
const config = said(
  haproxyConfig([
    {
      name: "kubernetes-api",
      port: 6443,
      kind: "api-server",
      servers: [{ name: "cp", address: "10.89.0.10", port: 6443 }],
    },
  ]),
);
const unit = said(
  template("load-balancer/labwright-load-balancer.service", {
    haproxy: "/usr/sbin/haproxy",
    config: "/etc/labwright/haproxy.cfg",
  }),
);
const nginx = said('LISTEN 0 511 0.0.0.0:6443 0.0.0.0:* users:(("nginx",pid=812,fd=6))\n');

export const cases: StepCases = {
  machine: "spare",
  fresh: {
    facts: { release },
    differences: [
      "HAProxy is not installed",
      "/etc/labwright/haproxy.cfg is missing",
      "/etc/systemd/system/labwright-load-balancer.service is missing",
      "labwright-load-balancer.service is unknown, not active",
    ],
  },
  right: { program: said(""), config, unit, state: said("active\n"), listening: said(""), release },
  wrong: {
    "a control plane that was added": {
      facts: { config: said("# Written by labwright.\n") },
      differences: ["/etc/labwright/haproxy.cfg differs from what labwright writes"],
    },
    "a service that was stopped": {
      facts: { state: said("inactive\n", 3) },
      differences: ["labwright-load-balancer.service is inactive, not active"],
    },
  },
  apply: {
    "a fresh machine": { facts: { release } },
    "a control plane that was added": {
      on: "a right machine",
      facts: { config: said("# Written by labwright.\n"), listening: nginx },
    },
    "a port that another program has": {
      facts: { release, listening: nginx, state: nothing },
      throws: /TCP port 6443 of spare is taken by nginx \(process 812\)/,
    },
  },
  undo: { "a right machine": {} },
};
