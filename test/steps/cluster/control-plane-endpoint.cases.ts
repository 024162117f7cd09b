import type { CheckContext } from "../../../src/engine/step.ts";
import { template } from "../../../src/template.ts";
import type { StepCases } from "../../support/step-cases.ts";
import { nothing, said, withLab } from "../../support/steps.ts";

const address = "10.89.0.9";

/** The lab with three control planes, and the address that moves between them. */
const moving = (context: CheckContext): CheckContext => {
  const { lab } = context;
  const [cp] = lab.machines;
  const planes = ["cp2", "cp3"].flatMap((name) => (cp ? [{ ...cp, name }] : []));
  const addresses = [...context.addresses, ["cp2", "10.89.0.20"], ["cp3", "10.89.0.21"]] as const;
  return {
    ...context,
    addresses: new Map(addresses),
    lab: {
      ...lab,
      machines: [...lab.machines, ...planes],
      cluster: { ...lab.cluster, controlPlaneEndpoint: "auto" },
    },
  };
};

const release = said("ID=debian\n");
const link = said("7: eth0    inet 10.89.0.10/24 brd 10.89.0.255 scope global eth0\n");
const holding = said(`7: eth0    inet ${address}/32 scope global eth0\n`);
const empty = said("");
const inactive = said("inactive\n", 3);
const config = said(
  template("control-plane-endpoint/keepalived.conf", {
    machine: "cp",
    port: 6443,
    link: "eth0",
    router: 9,
    address: "10.89.0.10",
    peers: "    10.89.0.20\n    10.89.0.21",
    endpoint: address,
  }),
);
const unit = said(
  template("control-plane-endpoint/labwright-control-plane-endpoint.service", {
    keepalived: "/usr/sbin/keepalived",
    config: "/etc/labwright/keepalived.conf",
    pid: "/run/labwright-keepalived.pid",
  }),
);

const fresh = {
  link,
  release,
  theirs: nothing,
  holds: empty,
  "holds.cp2": empty,
  "holds.cp3": empty,
};
const hardware = "02:42:0a:59:00:09\n";

export const cases: StepCases = {
  context: moving,
  fresh: {
    facts: fresh,
    differences: [
      "keepalived is not installed",
      "/etc/labwright/keepalived.conf is missing",
      "/etc/systemd/system/labwright-control-plane-endpoint.service is missing",
      "labwright-control-plane-endpoint.service is unknown, not active",
    ],
  },
  right: {
    program: empty,
    config,
    unit,
    state: said("active\n"),
    link,
    holds: holding,
    "holds.cp2": empty,
    "holds.cp3": empty,
    theirs: nothing,
    release,
  },
  alsoRight: {
    "a lab whose address does not move": {
      context: ({ lab, ...context }) => {
        const { controlPlaneEndpoint, ...cluster } = lab.cluster;
        return { ...context, lab: { ...lab, cluster } };
      },
    },
    "the address on another control plane": { facts: { holds: empty, "holds.cp3": holding } },
    "another control plane that does not answer": { facts: { "holds.cp2": nothing } },
  },
  wrong: {
    "a control plane that was added": {
      facts: { config: said("# Written by labwright.\n") },
      differences: ["/etc/labwright/keepalived.conf differs from what labwright writes"],
    },
    "a service that was stopped": {
      facts: { state: inactive, holds: empty },
      differences: ["labwright-control-plane-endpoint.service is inactive, not active"],
    },
    "an address that nobody has": {
      facts: { holds: empty },
      differences: ["no control plane has the address 10.89.0.9"],
    },
    "an address that two have": {
      facts: { "holds.cp2": holding },
      differences: [
        "cp and cp2 have the address 10.89.0.9 at once: VRRP (IP protocol 112) does not pass between them",
      ],
    },
    "an address that the lab file gives": {
      context: (context) =>
        withLab({ cluster: { ...context.lab.cluster, controlPlaneEndpoint: "10.89.0.200" } })(context),
      differences: ["/etc/labwright/keepalived.conf differs from what labwright writes"],
    },
  },
  apply: {
    "a fresh machine": { facts: fresh },
    "a control plane that was added": {
      on: "a right machine",
      facts: { config: said("# Written by labwright.\n") },
    },
    "an address that another control plane has just taken": {
      facts: fresh,
      answers: [
        ["ip -4 neighbour show", said(hardware)],
        ["ip -4 -o address show to", holding],
      ],
    },
    "an address that another computer has": {
      facts: fresh,
      answers: [["ip -4 neighbour show", said(hardware)]],
      throws: /the address 10.89.0.9 of the API server is in use by another computer \(02:42:0a:59:00:09\)/,
    },
    "a machine with its owner's keepalived": {
      facts: { ...fresh, theirs: said("") },
      throws: /cp already has a keepalived: keepalived.service runs/,
    },
  },
  undo: {
    "a machine without it": { answers: [["test -e", nothing]] },
    "a right machine": {},
  },
};
