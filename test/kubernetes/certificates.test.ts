import assert from "node:assert/strict";
import { test } from "node:test";
import {
  daysLeft,
  endsSoon,
  kubeadmCertificatesIn,
  kubeletCertificateIn,
  kubeletUserIn,
  newKubeletFile,
  renewAndRestart,
} from "../../src/kubernetes/certificates.ts";
import { nothing, said } from "../support/steps.ts";

const expiration = (name: string, more: object = {}) => ({
  ...{ name, expirationDate: "2027-11-29T23:10:31Z", residualTime: 1 },
  ...{ externallyManaged: false, missing: false, ...more },
});

test("kubeadm's list: missing ones are left out, and nobody renews a CA or an external certificate", () => {
  const answer = said(
    JSON.stringify({
      kind: "CertificateExpirationInfo",
      certificates: [
        expiration("apiserver"),
        expiration("super-admin.conf", { missing: true, expirationDate: "0001-01-01T00:00:00Z" }),
        expiration("front-proxy-client", { externallyManaged: true }),
      ],
      certificateAuthorities: [expiration("ca")],
    }),
  );
  assert.deepEqual(kubeadmCertificatesIn(answer), [
    { name: "apiserver", ends: "2027-11-29T23:10:31.000Z", renewal: "certs renew" },
    { name: "front-proxy-client", ends: "2027-11-29T23:10:31.000Z", renewal: "none" },
    { name: "ca", ends: "2027-11-29T23:10:31.000Z", renewal: "none" },
  ]);
});

test("a machine without kubeadm's certificates, or with words instead of JSON, has none", () => {
  for (const answer of [nothing, said(""), said("{}"), said("kubeadm: not found")])
    assert.deepEqual(kubeadmCertificatesIn(answer), []);
});

/** CN=system:node:w1, O=system:nodes, until 2027-11-29. */
const pem = `-----BEGIN CERTIFICATE-----
MIIBtDCCAVugAwIBAgIUYJyKc+oBoIwBmqex3E5V2YhZuK0wCgYIKoZIzj0EAwIw
MDEVMBMGA1UECgwMc3lzdGVtOm5vZGVzMRcwFQYDVQQDDA5zeXN0ZW06bm9kZTp3
MTAeFw0yNjExMjkyMzIxMzVaFw0yNzExMjkyMzIxMzVaMDAxFTATBgNVBAoMDHN5
c3RlbTpub2RlczEXMBUGA1UEAwwOc3lzdGVtOm5vZGU6dzEwWTATBgcqhkjOPQIB
BggqhkjOPQMBBwNCAAStvMQiuJg2i9/h4aXN711VzhE4Jn1JtpSwX7o+9sBySh2q
WROw4Sokc9zqhLd/bKyUusDBsQIw/1133JJMUx7lo1MwUTAdBgNVHQ4EFgQUcJdm
HQQ/Nbwy69mMkQjCIk/yuGcwHwYDVR0jBBgwFoAUcJdmHQQ/Nbwy69mMkQjCIk/y
uGcwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNHADBEAiARObR6xFlcT9XP
PdGCg2v2p/argL6na0N8rfToZEUiQAIgB/RSEP56zp54ub/5CkMs9MyPkBOhJd6q
nveDtdd4s7s=
-----END CERTIFICATE-----
`;

test("the kubelet's certificate: its end, and its name for the API server", () => {
  assert.deepEqual(kubeletCertificateIn(said(pem)), {
    name: "kubelet",
    ends: "2027-11-29T23:21:35.000Z",
    renewal: "certs renew",
  });
  assert.equal(kubeletUserIn(said(pem)), "system:node:w1");
  assert.deepEqual([kubeletCertificateIn(nothing), kubeletUserIn(nothing)], [undefined, undefined]);
});

test("days are whole, and negative after the end; less than 30 are soon", () => {
  const now = Date.parse("2026-12-01T12:00:00Z");
  const days = (ends: string) => daysLeft({ ends }, now);
  assert.deepEqual(
    ["2026-12-31T12:00:00Z", "2026-12-31T11:59:59Z", "2026-12-01T12:00:01Z", "2026-12-01T11:59:59Z"].map(
      days,
    ),
    [30, 29, 0, -1],
  );
  const soon = (ends: string) => endsSoon({ name: "apiserver", ends, renewal: "certs renew" }, now);
  assert.deepEqual(["2026-12-31T12:00:00Z", "2026-12-31T11:59:59Z"].map(soon), [false, true]);
});

test("the mark of an unfinished renewal is made first and removed last", () => {
  const lines = renewAndRestart(["apiserver", "etcd-peer"]).reveal().trim().split("\n");
  assert.match(lines[0] ?? "", /touch \/etc\/kubernetes\/labwright-certs-restart \|\| exit 1/);
  assert.match(lines[1] ?? "", /for name in apiserver etcd-peer; do/);
  assert.match(lines.at(-1) ?? "", /rm -f \/etc\/kubernetes\/labwright-certs-restart$/);
});

test("a kubelet's new file is named as the kubelet names its own", () => {
  assert.equal(
    newKubeletFile(new Date("2026-11-29T23:10:32.123Z")),
    "/var/lib/kubelet/pki/kubelet-client-2026-11-29-23-10-32.pem",
  );
});
