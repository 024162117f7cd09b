import assert from "node:assert/strict";
import { test } from "node:test";
import { pullFailed, pullProblem } from "../../../src/artifacts/images/pull-failure.ts";

const crictl = "pulling image: rpc error: code = Unknown desc = failed to pull and unpack image";

/** Words from public reports: where each was found stands beside it. */
const reports: { source: string; kind: string; passing: boolean; elsewhere: boolean; words: string }[] = [
  {
    source: "hystax/optscale#845, giantswarm/k8scloudconfig#1104",
    ...{ kind: "limit", passing: false, elsewhere: true },
    words: `${crictl} "docker.io/library/nginx:latest": failed to copy: httpReadSeeker: failed open: unexpected status code https://registry-1.docker.io/v2/library/nginx/manifests/sha256:7a: 429 Too Many Requests - Server message: toomanyrequests: You have reached your unauthenticated pull rate limit. https://www.docker.com/increase-rate-limit`,
  },
  {
    source: "docker/hub-feedback#2429",
    ...{ kind: "limit", passing: false, elsewhere: true },
    words:
      "Error response from daemon: toomanyrequests: You have reached your pull rate limit. You may increase the limit by authenticating and upgrading: https://www.docker.com/increase-rate-limit",
  },
  {
    source: "containerd 2.4.2's words for an answer to HEAD, which has no body, with Docker Hub's host",
    ...{ kind: "limit", passing: false, elsewhere: true },
    words: `${crictl} "docker.io/library/nginx:latest": failed to resolve image: unexpected status from HEAD request to https://registry-1.docker.io/v2/library/nginx/manifests/latest: 429 Too Many Requests`,
  },
  {
    source: "the same, of another registry",
    ...{ kind: "busy", passing: true, elsewhere: true },
    words: `${crictl} "quay.io/calico/cni:v3.31.0": failed to resolve image: unexpected status from HEAD request to https://quay.io/v2/calico/cni/manifests/v3.31.0: 429 Too Many Requests`,
  },
  {
    source: "docker/hub-feedback#2464",
    ...{ kind: "busy", passing: true, elsewhere: true },
    words: "Error response from daemon: toomanyrequests: Too Many Requests",
  },
  {
    source: "hetznercloud/csi-driver#592, kubernetes/registry.k8s.io#138",
    ...{ kind: "refused", passing: false, elsewhere: true },
    words: `${crictl} "registry.k8s.io/pause:3.7": failed to resolve reference "registry.k8s.io/pause:3.7": unexpected status from HEAD request to https://registry.k8s.io/v2/pause/manifests/3.7: 403 Forbidden`,
  },
  {
    source: "kubernetes-sigs/cri-tools#336",
    ...{ kind: "unreachable", passing: true, elsewhere: true },
    words: `pulling image failed: rpc error: code = Unknown desc = failed to resolve image "docker.io/library/alpine:latest": failed to do request: Head https://registry-1.docker.io/v2/library/alpine/manifests/latest: dial tcp 35.169.231.249:443: i/o timeout`,
  },
  {
    source: "kubernetes/kubernetes#131521 and containerd/containerd#12811: no progress for five minutes",
    ...{ kind: "unreachable", passing: true, elsewhere: true },
    words: `rpc error: code = Canceled desc = failed to pull and unpack image "docker.io/a/b:1": context canceled`,
  },
  {
    source: "containerd/containerd#3804, #13246",
    ...{ kind: "certificate", passing: false, elsewhere: false },
    words:
      "failed to do request: Head https://registry.example/v2/a/manifests/1: tls: failed to verify certificate: x509: certificate signed by unknown authority",
  },
];

for (const { source, words, ...wanted } of reports)
  test(`a failed pull is told in words: ${wanted.kind} (${source})`, () => {
    const { kind, passing, elsewhere } = pullProblem(words);
    assert.deepEqual({ kind, passing, elsewhere }, wanted);
  });

test("a failed pull whose words nobody knows is tried again, and shown as it is", () => {
  const problem = pullProblem("something new");
  assert.equal(problem.passing, true);
  const error = pullFailed("w1", "quay.io/calico/node:v3.31.0", problem, "something new");
  assert.equal(error.output, "something new");
});

test("the error names the machine, the image and the registry", () => {
  const problem = pullProblem("unexpected status from HEAD request to https://r/v2/p: 403 Forbidden");
  const { message, code } = pullFailed("w2", "registry.k8s.io/pause:3.10.2", problem, "");
  assert.equal(code, "image-refused");
  assert.equal(
    message,
    "w2 could not pull registry.k8s.io/pause:3.10.2 from registry.k8s.io: the registry answers 403: it refuses this machine's address",
  );
});

test("a refused address is one of a hoster's most often: a new machine gets another one", () => {
  const { remedy } = pullProblem("unexpected status from HEAD request to https://r/v2/p: 403 Forbidden");
  assert.match(remedy, /some addresses of hosting companies/);
  assert.match(remedy, /delete the server .*`labwright up`.* another address/);
  assert.match(remedy, /`mirrors\.images`/);
});

test("a registry's 5xx passes, a full disk does not", () => {
  const broken = pullProblem(
    "unexpected status from GET request to https://quay.io/v2/: 503 Service Unavailable",
  );
  assert.deepEqual([broken.kind, broken.passing, broken.says], ["broken", true, "the registry answers 503"]);
  assert.equal(pullProblem("write /var/lib/x: no space left on device").passing, false);
});
