import { template } from "../../../src/template.ts";
import type { StepCases } from "../../support/step-cases.ts";
import { nothing, said, withLab } from "../../support/steps.ts";

const unit = (cloudArguments = "", runtimeUnit = "containerd") =>
  said(template("kubelet/kubelet.service", { cloudArguments, runtimeUnit }));
const inCloud = " --cloud-provider=external --provider-id=hcloud://4711";
const controlled = withLab({
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
const platform = [["uname -m", "x86_64\ndebian\nbookworm\n"]] as const;

export const cases: StepCases = {
  fresh: {
    facts: { enabled: said("not-found\n", 4), dns: said("other answers 192.0.2.1\n") },
    differences: [
      "kubelet is not installed",
      "kubeadm is not installed",
      "/etc/systemd/system/kubelet.service is missing",
      "kubelet.service is not enabled",
      "/etc/labwright/resolv.conf is missing",
    ],
  },
  right: {
    kubelet: said("Kubernetes v1.36.3\n"),
    kubeadm: said("v1.36.3\n"),
    unit: unit(),
    enabled: said("enabled\n"),
    resolv: said("nameserver 192.0.2.1\n"),
    dns: said("given answers 192.0.2.1\nother answers 192.0.2.1\n"),
    joined: nothing,
    instance: nothing,
  },
  alsoRight: {
    "a node with another runtime, after whose unit the kubelet starts": {
      context: (context) => withLab({ cluster: { ...context.lab.cluster, runtime: "cri-o" } })(context),
      facts: { unit: unit("", "crio") },
    },
    "a node of a lab in Hetzner Cloud with its controller": {
      context: controlled,
      facts: { unit: unit(inCloud), instance: said("4711\n"), joined: said("") },
    },
  },
  wrong: {
    "a node of another release, whose kubelet is replaced after its pods have left": {
      facts: { joined: said(""), kubelet: said("Kubernetes v1.35.4\n"), kubeadm: said("v1.35.4\n") },
      differences: ["kubeadm is 1.35.4, not 1.36.3"],
    },
    "programs of another patch release": {
      facts: { kubelet: said("Kubernetes v1.36.2\n"), kubeadm: said("v1.36.4\n") },
      differences: ["kubelet is 1.36.2, not 1.36.3", "kubeadm is 1.36.4, not 1.36.3"],
    },
    "a unit of somebody else that is not enabled": {
      facts: { unit: said("[Unit]\n"), enabled: said("disabled\n", 1) },
      differences: [
        "/etc/systemd/system/kubelet.service differs from what labwright writes",
        "kubelet.service is not enabled",
      ],
    },
    "a unit without the cloud's arguments": {
      context: controlled,
      facts: { instance: said("4711\n") },
      differences: ["/etc/systemd/system/kubelet.service differs from what labwright writes"],
    },
    "a name server that answers no more": {
      facts: { resolv: said("nameserver 192.0.2.9\n"), dns: said("other answers 192.0.2.1\n") },
      differences: ["none of the name servers that pods are given answers (192.0.2.9), and 192.0.2.1 would"],
    },
  },
  apply: {
    "a fresh machine": { answers: platform },
    "a machine whose name servers changed": {
      on: "a right machine",
      facts: { resolv: said("nameserver 192.0.2.9\n"), dns: said("other answers 192.0.2.1\n") },
    },
    "a machine with another kubeadm": {
      on: "a right machine",
      facts: { kubeadm: said("v1.36.2\n") },
      answers: platform,
    },
    "a fresh server in Hetzner Cloud, whose controller is wanted": {
      context: controlled,
      facts: { instance: said("4711\n") },
      answers: platform,
    },
    "a server whose number is not known": {
      context: controlled,
      facts: { instance: said("i-0abc\n") },
      throws: /cloud-init on cp does not report the server's number: i-0abc/,
    },
    "a server whose number has more in it": {
      context: controlled,
      facts: { instance: said("4711x\n") },
      throws: /cloud-init on cp does not report the server's number: 4711x/,
    },
    "a server of which cloud-init says nothing": {
      context: controlled,
      facts: { instance: nothing },
      throws: /cloud-init on cp does not report the server's number: it printed nothing/,
    },
    "a node of somebody else's, whose unit says nothing of a controller of ours": {
      on: "a right machine",
      context: controlled,
      facts: { joined: said(""), unit: said("[Unit]\n"), instance: said("4711\n") },
    },
    "a node of a lab whose controller stays": {
      on: "a right machine",
      context: controlled,
      facts: { joined: said(""), unit: unit(inCloud), instance: said("4711\n") },
    },
    "a server that has not joined, and is to lose the controller": {
      on: "a right machine",
      facts: { unit: unit(inCloud) },
    },
    "a node of a cluster that is to get the controller": {
      on: "a right machine",
      context: controlled,
      facts: { joined: said(""), instance: said("4711\n") },
      throws: /cannot change cloud.controller: cp is already a node without the cloud's controller/,
    },
    "a node of a cluster of another minor release gets the kubeadm that upgrades it": {
      on: "a right machine",
      facts: { joined: said(""), kubelet: said("Kubernetes v1.35.4\n"), kubeadm: said("v1.35.4\n") },
      answers: platform,
    },
    "a node that is to lose it": {
      on: "a right machine",
      facts: { joined: said(""), unit: unit(inCloud) },
      throws: /cannot change cloud.controller: cp is already a node with the cloud's controller/,
    },
  },
  undo: { "a right machine": {} },
};
