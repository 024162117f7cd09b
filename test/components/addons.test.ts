import assert from "node:assert/strict";
import { test } from "node:test";
import { addonImages, addonNamed, addonsOf } from "../../src/components/addon/addons.ts";
import { fileText, installedIn, objectDifferences, unready } from "../../src/components/addon/installed.ts";
import { addonKinds, isOf, markedObjects, placeOf } from "../../src/components/addon/objects.ts";
import type { KubeObject } from "../../src/kubernetes/objects.ts";
import { addonsFrom } from "../../src/lab/addon-rules.ts";
import { type AddonName, addons as words } from "../../src/lab/available.ts";
import { readAllYaml } from "../../src/lab/yaml.ts";
import { json, lab, said } from "../support/steps.ts";
import { namedArtifacts } from "../support/store.ts";

const silent = { note: () => {}, expect: () => {}, child: () => Promise.reject(new Error("no part")) };

/** The objects of an addon, from files of the release's structure. */
async function objectsOf(name: AddonName): Promise<KubeObject[]> {
  const addon = addonNamed(name);
  const texts = await Promise.all(addon.files.map((file) => namedArtifacts.manifest(file, silent)));
  return markedObjects(
    name,
    addon,
    texts.flatMap(({ text }) => readAllYaml(text)),
  );
}

const all = new Map(
  await Promise.all(words.supported.map(async (name) => [name, await objectsOf(name)] as const)),
);

function object(name: AddonName, place: string): KubeObject {
  const found = all.get(name)?.find((one) => placeOf(one) === place);
  assert.ok(found, `${name} has ${place}`);
  return found;
}

const labels = { "k8s-app": "metrics-server", "labwright/addon": "metrics-server" };

test("every object of an addon carries our label, and is of a kind that is asked for", () => {
  for (const [name, objects] of all) {
    assert.ok(objects.length > 0, name);
    for (const one of objects) {
      assert.ok(isOf(name, one), `${name}: ${placeOf(one)}`);
      const kind = new RegExp(`^${one.kind}e?s([.]|$)`, "i");
      assert.ok(
        addonKinds.some((known) => kind.test(known)),
        `${name}: ${one.kind}`,
      );
    }
  }
});

test("the images that an addon's pods name are those that are brought to the nodes", () => {
  for (const [name, objects] of all) {
    const text = JSON.stringify(objects);
    const named = [...text.matchAll(/"image":"([^"]+)"|image: (\S+?)\\n/g)].map(
      ([, one, other]) => one ?? other,
    );
    assert.deepEqual([...new Set(named)], addonNamed(name).images.names("1.36"), name);
  }
});

test("the images of a cluster's addons are one set, and there is none without addons", () => {
  assert.equal(addonImages({}), undefined);
  const set = addonImages({ addons: ["metrics-server", "skipper"] });
  assert.deepEqual(
    set?.names("1.36").map((name) => name.split(":")[0]),
    ["registry.k8s.io/metrics-server/metrics-server", "ghcr.io/zalando/skipper"],
  );
  assert.deepEqual(Object.keys(set?.recipes ?? {}), ["metrics-server", "skipper"]);
});

/** What a startup probe has besides what the readiness probe asks. */
const quick = { periodSeconds: 1, initialDelaySeconds: 0, failureThreshold: 600 };

test("metrics-server: the base has the labels and selectors of its kustomization, and the release's image", () => {
  assert.deepEqual(object("metrics-server", "apiservice/v1beta1.metrics.k8s.io").metadata.labels, labels);
  const service = object("metrics-server", "service/kube-system/metrics-server");
  assert.deepEqual(service.spec, { ports: [{ port: 443 }], selector: { "k8s-app": "metrics-server" } });
  const { spec } = object("metrics-server", "deployment/kube-system/metrics-server");
  const readinessProbe = {
    httpGet: { path: "/readyz", port: "https" },
    periodSeconds: 10,
  };
  assert.deepEqual(spec, {
    replicas: 1,
    selector: { matchLabels: { "k8s-app": "metrics-server" } },
    template: {
      metadata: { labels: { "k8s-app": "metrics-server" } },
      spec: {
        containers: [
          {
            name: "metrics-server",
            image: "registry.k8s.io/metrics-server/metrics-server:v0.8.0",
            args: ["--secure-port=10250", "--kubelet-insecure-tls"],
            readinessProbe,
            startupProbe: { ...readinessProbe, ...quick },
          },
        ],
      },
    },
  });
});

test("metrics-server works if there is a value for every node", () => {
  const { proof } = addonNamed("metrics-server");
  const metrics = (...names: string[]) =>
    json({ items: names.map((name) => ({ metadata: { name }, usage: { cpu: "90m", memory: "800Mi" } })) });
  assert.deepEqual(proof?.differences([], lab, metrics("cp", "w1")), []);
  assert.deepEqual(proof?.differences([], lab, metrics("cp")), ["`kubectl top nodes` has no value for w1"]);
  assert.equal(proof?.differences([], lab, said("", 1)).length, 2);
  const empty = json({ items: [{ metadata: { name: "cp" }, usage: {} }] });
  assert.equal(proof?.differences([], lab, empty).length, 2);
});

test("local-path-provisioner: the default class, a folder that is only ours, and one image for all pods", () => {
  const place = "storageclass/local-path";
  const { metadata } = object("local-path-provisioner", place);
  assert.deepEqual(metadata.annotations, { "storageclass.kubernetes.io/is-default-class": "true" });
  const config = object("local-path-provisioner", "configmap/local-path-storage/local-path-config");
  const data = config.data as Record<string, string>;
  assert.deepEqual(JSON.parse(data["config.json"] ?? ""), {
    nodePathMap: [{ node: "DEFAULT", paths: ["/var/lib/labwright-local-path"] }],
  });
  assert.equal(data.setup, 'mkdir -p "$VOL_DIR"');
  assert.deepEqual(readAllYaml(data["helperPod.yaml"] ?? ""), [
    {
      kind: "Pod",
      spec: {
        priorityClassName: "system-node-critical",
        containers: [{ name: "helper-pod", image: "docker.io/rancher/local-path-provisioner:v0.0.30" }],
      },
    },
  ]);
});

test("local-path-provisioner works if its class is the cluster's default", () => {
  const { proof } = addonNamed("local-path-provisioner");
  const objects = all.get("local-path-provisioner") ?? [];
  assert.deepEqual(proof?.differences(objects, lab, undefined), []);
  const other = objects.map((one) => ({ ...one, metadata: { ...one.metadata, annotations: {} } }));
  assert.deepEqual(proof?.differences(other, lab, undefined), [
    "the StorageClass local-path is not the cluster's default",
  ]);
});

test("local-path-provisioner: volumes that stay are named with their claims", () => {
  const { left } = addonNamed("local-path-provisioner");
  assert.equal(
    left?.words("pvc-0a default/data"),
    "the PersistentVolume pvc-0a of default/data, with its data in /var/lib/labwright-local-path on its node",
  );
});

test("skipper: in the pod network behind a NodePort, without PodSecurityPolicies, with a default IngressClass", () => {
  const objects = all.get("skipper") ?? [];
  assert.deepEqual(objects.map(placeOf), [
    "deployment/kube-system/skipper-ingress",
    "clusterrole/skipper-ingress",
    "service/kube-system/skipper-ingress",
    "ingressclass/skipper",
  ]);
  const service = object("skipper", "service/kube-system/skipper-ingress");
  assert.deepEqual(service.spec, {
    type: "NodePort",
    ports: [{ port: 80, targetPort: 9999, nodePort: 30081 }],
  });
  const deployment = object("skipper", "deployment/kube-system/skipper-ingress");
  assert.deepEqual(deployment.spec, {
    replicas: 1,
    template: {
      spec: {
        nodeSelector: { "kubernetes.io/os": "linux" },
        containers: [
          {
            name: "skipper-ingress",
            image: "ghcr.io/zalando/skipper:v0.26.0",
            args: [
              ...["skipper", "-kubernetes", "-kubernetes-ingress-class=^skipper$"],
              "-enable-kubernetes-endpointslices",
            ],
            ports: [{ name: "ingress-port", containerPort: 9999 }],
            resources: { requests: { cpu: "50m", memory: "64Mi" } },
          },
        ],
      },
    },
  });
});

test("headlamp: the release's image, no account that signs people in, and no collector of traces", () => {
  const objects = all.get("headlamp") ?? [];
  assert.deepEqual(objects.map(placeOf), ["service/kube-system/headlamp", "deployment/kube-system/headlamp"]);
  const readinessProbe = { httpGet: { path: "/", port: 4466 } };
  assert.deepEqual(object("headlamp", "deployment/kube-system/headlamp").spec, {
    replicas: 1,
    template: {
      spec: {
        containers: [
          {
            name: "headlamp",
            image: "ghcr.io/headlamp-k8s/headlamp:v0.45.0",
            args: ["-in-cluster"],
            readinessProbe,
            startupProbe: { ...readinessProbe, ...quick },
          },
        ],
      },
    },
  });
});

test("an addon that the modules source has is compiled, and its files are in a Go module", () => {
  for (const name of words.supported) {
    const { files, images } = addonNamed(name);
    const isCompiled = addonsFrom("modules").includes(name);
    assert.equal(
      files.every(({ module }) => module !== undefined),
      isCompiled,
      name,
    );
    assert.equal(Object.keys(images.recipes).length > 0, isCompiled, name);
  }
});

test("a file names its addon's objects, and each that is missing or not part of it is named", () => {
  const [[name, addon] = assert.fail()] = addonsOf({ addons: ["skipper"] });
  const objects = all.get("skipper") ?? [];
  const text = fileText(name, addon, objects);
  assert.equal(readAllYaml(text).length, objects.length);
  const files = said(`/etc/labwright/addon-skipper.yaml\n${text.split("\n").slice(0, 2).join("\n")}\n`);
  const differences = (items: readonly KubeObject[], of = files) =>
    objectDifferences(installedIn(of, json({ items })), name, addon);
  assert.deepEqual(differences(objects), []);
  assert.deepEqual(differences(objects.slice(1)), [
    "deployment/kube-system/skipper-ingress of skipper is missing",
  ]);
  const former = { ...objects[3], metadata: { ...objects[3]?.metadata, name: "former" } } as KubeObject;
  assert.deepEqual(differences([...objects, former]), ["ingressclass/former is not part of skipper 0.26.0"]);
  assert.deepEqual(differences(objects, said("")), ["skipper 0.26.0 is not installed"]);
  const unmarked = objects.map((one) => ({ ...one, metadata: { ...one.metadata, labels: {} } }));
  assert.equal(differences(unmarked).length, objects.length);
});

test("a Deployment works if the pods of its newest revision are Ready", () => {
  const deployment = (status: object): KubeObject => ({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "one", generation: 2 },
    status,
  });
  const right = { observedGeneration: 2, updatedReplicas: 1, readyReplicas: 1 };
  assert.deepEqual(unready([deployment(right)]), []);
  for (const wrong of [
    { observedGeneration: 1 },
    { readyReplicas: 0 },
    { updatedReplicas: 0, readyReplicas: 0 },
  ])
    assert.deepEqual(unready([deployment({ ...right, ...wrong })]), [
      "the pod of the Deployment one is not Ready",
    ]);
  assert.equal(unready([deployment({})]).length, 1);
});
