import { createHash } from "node:crypto";
import { proxiesIn } from "../../../src/http/proxies.ts";
import type { StepCases } from "../../support/step-cases.ts";
import { said, withLab } from "../../support/steps.ts";

const proxies = proxiesIn({ HTTPS_PROXY: "http://proxy.corp:3128", NO_PROXY: "mirror.corp" }, () => "") ?? {
  no: [],
};
const path = "/etc/systemd/system/containerd.service.d/labwright-proxy.conf";
const exceptions =
  ".cluster.local,.svc,10.244.0.0/16,10.89.0.10,10.89.0.11,10.89.0.12,10.96.0.0/12,127.0.0.1,::1,cp,localhost,mirror.corp,spare,w1";
const text = `# Written by labwright.\n[Service]\nEnvironment="HTTPS_PROXY=http://proxy.corp:3128"\nEnvironment="NO_PROXY=${exceptions}"\n`;
const hash = createHash("sha256").update(text).digest("hex");

/** As `stat -c '%a %n'` and `sha256sum` print it. */
const file = (mode: string, digest = hash) => said(`${mode} ${path}\n${digest}  -\n`);
const differences = ["containerd has proxies or certificates that differ from this computer's"];

export const cases: StepCases = {
  context: withLab({ proxies }),
  fresh: { facts: { files: said("") }, differences },
  right: { files: file("600") },
  alsoRight: {
    "a computer without proxies": {
      context: withLab({ proxies: { no: [] } }),
      facts: { files: said("") },
    },
  },
  wrong: {
    "a file that all can read": { facts: { files: file("644") }, differences },
    "other proxies": { facts: { files: file("600", "0".repeat(64)) }, differences },
    "proxies of a computer that has none": { context: withLab({ proxies: { no: [] } }), differences },
  },
  apply: {
    "a fresh machine": {},
    "a computer without proxies": { context: withLab({ proxies: { no: [] } }) },
  },
  undo: { "a right machine": {} },
};
