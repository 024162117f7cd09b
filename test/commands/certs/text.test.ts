import assert from "node:assert/strict";
import { test } from "node:test";
import { certificatesText, endingLines, when } from "../../../src/commands/certs/text.ts";
import type { Certificate } from "../../../src/kubernetes/certificates.ts";

const now = Date.parse("2026-12-01T12:00:00Z");
const one = (name: string, ends: string, renewal: Certificate["renewal"] = "certs renew"): Certificate => ({
  ...{ name, ends, renewal },
});

test("when a certificate ends, before and after, in words", () => {
  assert.deepEqual(
    ["2026-12-08T12:00:00Z", "2026-12-02T12:00:00Z", "2026-12-02T11:00:00Z"].map((ends) =>
      when({ ends }, now),
    ),
    ["in 7 days", "in 1 day", "in less than a day"],
  );
  assert.deepEqual(
    ["2026-12-01T11:00:00Z", "2026-11-30T11:00:00Z", "2026-11-28T11:00:00Z"].map((ends) =>
      when({ ends }, now),
    ),
    ["less than a day ago", "1 day ago", "3 days ago"],
  );
});

test("certificates of one day share a line, with their names, the date and the remedy; the others have none", () => {
  assert.deepEqual(
    endingLines(
      [
        one("scheduler.conf", "2026-11-28T11:00:00Z"),
        one("apiserver", "2026-12-08T12:00:00Z"),
        one("etcd-peer", "2026-12-08T12:00:05Z"),
        one("ca", "2026-12-08T12:00:00Z", "none"),
        one("kubelet", "2027-01-01T12:00:00Z"),
      ],
      now,
    ),
    [
      "scheduler.conf ended 3 days ago, on 2026-11-28  (renew: labwright certs renew)",
      "apiserver and etcd-peer end in 7 days, on 2026-12-08  (renew: labwright certs renew)",
      "ca ends in 7 days, on 2026-12-08  (kubeadm does not renew a CA or an external certificate)",
    ],
  );
});

test("the list has a row for each certificate, and for each machine that could not be asked", () => {
  assert.equal(
    certificatesText(
      [
        { name: "cp", role: "control-plane", certificates: [one("apiserver", "2026-12-02T12:00:00Z")] },
        { name: "w1", role: "worker", why: "does not exist, and will be created", certificates: [] },
        { name: "w2", role: "worker", certificates: [] },
      ],
      now,
    ),
    `MACHINE  ROLE           CERTIFICATE                          DATE        ENDS
cp       control-plane  apiserver                            2026-12-02  ends in 1 day
w1       worker         does not exist, and will be created
w2       worker         has no certificates of kubeadm's

cp: apiserver ends in 1 day, on 2026-12-02  (renew: labwright certs renew)
`,
  );
});
