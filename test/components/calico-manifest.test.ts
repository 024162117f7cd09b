import assert from "node:assert/strict";
import { test } from "node:test";
import { imagesIn } from "../../src/artifacts/sets.ts";
import {
  adaptedRelease,
  type Container,
  containersOf,
  type ManifestObject,
  namedContainer,
  releaseManifest,
  releaseObjects,
  releases,
  settings,
} from "../support/calico-release.ts";

function object(objects: readonly ManifestObject[], kind: string, name: string): ManifestObject {
  const found = objects.find((each) => each.kind === kind && each.metadata.name === name);
  assert.ok(found, `${kind} ${name}`);
  return found;
}

const values = ({ env = [] }: Container) => Object.fromEntries(env.map(({ name, value }) => [name, value]));

for (const release of releases) {
  const original = releaseObjects(release);
  const objects = adaptedRelease(release);
  const published = namedContainer(original, "calico-node");
  const node = namedContainer(objects, "calico-node");

  test(`${release}: VXLAN without BGP, with the API server's own address`, () => {
    assert.deepEqual(object(objects, "ConfigMap", "kubernetes-services-endpoint").data, {
      KUBERNETES_SERVICE_HOST: settings.apiServer,
      KUBERNETES_SERVICE_PORT: "6443",
    });
    const { data } = object(objects, "ConfigMap", "calico-config");
    assert.deepEqual(data, {
      ...object(original, "ConfigMap", "calico-config").data,
      calico_backend: "vxlan",
    });
    assert.deepEqual(values(node), {
      ...values(published),
      CLUSTER_TYPE: "k8s",
      CALICO_IPV4POOL_CIDR: settings.podSubnet,
      CALICO_IPV4POOL_IPIP: "Never",
      CALICO_IPV4POOL_VXLAN: "Always",
      IP_AUTODETECTION_METHOD: "kubernetes-internal-ip",
    });
  });

  test(`${release}: pods of a dual-stack cluster get an address of each family, and both networks are VXLAN`, () => {
    const both = adaptedRelease(release, { podSubnet6: "fd00:10:244::/56" });
    const { data = {} } = object(both, "ConfigMap", "calico-config");
    assert.match(
      data.cni_network_config ?? "",
      /"ipam": \{ "type": "calico-ipam", "assign_ipv4": "true", "assign_ipv6": "true" \}/,
    );
    assert.deepEqual(values(namedContainer(both, "calico-node")), {
      ...values(node),
      CALICO_IPV6POOL_CIDR: "fd00:10:244::/56",
      CALICO_IPV6POOL_VXLAN: "Always",
      CALICO_IPV6POOL_NAT_OUTGOING: "true",
      FELIX_IPV6SUPPORT: "true",
      IP6: "autodetect",
      IP6_AUTODETECTION_METHOD: "kubernetes-internal-ip",
    });
  });

  test(`${release}: calico-node is asked over HTTP, as often as the release asks it`, () => {
    const { exec: _, ...live } = published.livenessProbe ?? {};
    const { exec: __, ...ready } = published.readinessProbe ?? {};
    const httpGet = { host: "localhost", port: 9099 };
    assert.deepEqual(node.livenessProbe, { ...live, httpGet: { ...httpGet, path: "/liveness" } });
    assert.deepEqual(node.readinessProbe, { ...ready, httpGet: { ...httpGet, path: "/readiness" } });
  });

  test(`${release}: what a container's end runs stays as the release has it`, () => {
    assert.ok(published.lifecycle?.preStop);
    assert.deepEqual(node.lifecycle?.preStop, published.lifecycle.preStop);
    assert.ok(node.lifecycle?.postStart);
  });

  test(`${release}: everything else of calico-node stays as the release has it`, () => {
    const rest = ({ image, volumeMounts, securityContext, resources, envFrom }: Container) => ({
      image,
      volumeMounts,
      securityContext,
      resources,
      envFrom,
    });
    assert.deepEqual(rest(node), rest(published));
    const volumes = (all: ManifestObject[]) =>
      object(all, "DaemonSet", "calico-node").spec?.template?.spec.volumes;
    assert.deepEqual(volumes(objects), volumes(original));
  });

  test(`${release}: each readiness probe is asked each second while its container starts`, () => {
    const probed = objects.flatMap(containersOf).filter(({ readinessProbe }) => readinessProbe);
    assert.deepEqual(
      probed.map(({ name }) => name),
      ["calico-node", "calico-kube-controllers", "calico-typha"],
    );
    const quick = { periodSeconds: 1, initialDelaySeconds: 0, failureThreshold: 600 };
    for (const { startupProbe, readinessProbe } of probed) {
      assert.deepEqual(startupProbe, { ...readinessProbe, ...quick });
    }
  });

  test(`${release}: the installer leaves the CNI configuration for the hook, and no IPAM is moved over`, () => {
    const { initContainers } = object(objects, "DaemonSet", "calico-node").spec?.template?.spec ?? {};
    assert.deepEqual(
      initContainers?.map(({ name }) => name),
      ["install-cni", "ebpf-bootstrap"],
    );
    const installer = namedContainer(objects, "install-cni");
    const before = namedContainer(original, "install-cni");
    assert.deepEqual(values(installer), { ...values(before), CNI_CONF_NAME: "calico-waiting" });
    const run = ({ image, command, args }: Container) => ({ image, command, args });
    assert.deepEqual(run(installer), run(before));
  });

  test(`${release}: without Typha its objects go, and nothing looks for it`, () => {
    const without = adaptedRelease(release, { own: { typha: false } });
    assert.equal(object(without, "ConfigMap", "calico-config").data?.typha_service_name, "none");
    const named = objects.filter(({ metadata }) => metadata.name === "calico-typha");
    assert.deepEqual(
      named.map(({ kind }) => kind),
      ["PodDisruptionBudget", "Service", "Deployment"],
    );
    assert.equal(without.length, objects.length - named.length);
  });
}

test("a release's images are those that its manifest names", () => {
  const images = (tag: string, ...names: string[]) => names.map((name) => `quay.io/calico/${name}:${tag}`);
  const four = ["cni", "kube-controllers", "node", "typha"];
  assert.deepEqual(imagesIn(releaseManifest("v3.31.7")), images("v3.31.7", ...four));
  assert.deepEqual(imagesIn(releaseManifest("v3.32.1")), images("v3.32.1", ...four));
  assert.deepEqual(imagesIn(releaseManifest("v3.33.0")), images("v3.33.0", "calico", "node"));
});
