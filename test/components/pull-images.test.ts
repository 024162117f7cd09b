import assert from "node:assert/strict";
import { test } from "node:test";
import { type Pulling, pullTimeout } from "../../src/artifacts/images/pull.ts";
import { runtime } from "../../src/components/runtime/containerd/runtime.ts";
import { imagesArchive, pullImages } from "../../src/components/runtime/images.ts";
import { LabwrightError } from "../../src/errors.ts";
import type { Command } from "../../src/hosts/sh.ts";
import type { Host, RemoteFile, RunOptions } from "../../src/hosts/types.ts";

/** A machine with some images, whose pulls answer with the words given, one after the other, and then succeed. */
function machine(present: string[], failures: Record<string, string[]>) {
  const pulled: string[] = [];
  const commands: string[] = [];
  /** How each pull may be ended. */
  const patience: Pick<RunOptions, "timeout" | "signal">[] = [];
  const run = async (command: Command, options: RunOptions = {}) => {
    const text = command.shown;
    commands.push(text);
    if (text.includes("images ls")) return { code: 0, stdout: present.join("\n"), stderr: "" };
    const [, image] = /crictl pull (\S+)/.exec(text) ?? [];
    if (image === undefined) return { code: 0, stdout: "", stderr: "" };
    pulled.push(image);
    const { timeout, signal } = options;
    patience.push({ ...(timeout !== undefined && { timeout }), ...(signal && { signal }) });
    options.onLine?.("labwright-progress 1.5MB 3MB");
    const words = failures[image]?.shift();
    return words === undefined
      ? { code: 0, stdout: "", stderr: "" }
      : { code: 1, stdout: "labwright-progress 2MB\n", stderr: words };
  };
  const sent: RemoteFile[] = [];
  const write = async (file: RemoteFile) => sent.push(file);
  return { host: { name: "w1", run, write } as unknown as Host, pulled, commands, patience, sent };
}

async function pulling(
  host: Host,
  names: string[],
  fetch?: Pulling["fetch"],
): Promise<{ notes: string[]; error?: LabwrightError }> {
  const notes: string[] = [];
  const options = {
    names,
    note: (text: string) => notes.push(text),
    pauses: [0.01, 0.01],
    ...(fetch && { fetch }),
  };
  const thrown = await pullImages(host, runtime, { ...options, signal: new AbortController().signal }).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (thrown === undefined) return { notes };
  assert.ok(thrown instanceof LabwrightError);
  return { notes, error: thrown };
}

const nginx = "docker.io/library/nginx:latest";
const calico = "quay.io/calico/node:v3.31.0";
const etcd = "registry.k8s.io/etcd:3.6.8-0";
const limit =
  "429 Too Many Requests - Server message: toomanyrequests: You have reached your pull rate limit";

test("pull: one command an image, those that are there are not asked for, and it is told which of how many", async () => {
  const { host, pulled } = machine([etcd], {});
  const { notes, error } = await pulling(host, [etcd, calico, nginx]);
  assert.equal(error, undefined);
  assert.deepEqual(pulled, [calico, nginx]);
  assert.ok(notes.includes(`pulling ${calico} (1 of 2): 1.5MB + 3MB`), notes.join("\n"));
});

test("pull: what passes is tried three times, and only the image that failed", async () => {
  const words = "dial tcp 1.2.3.4:443: i/o timeout";
  const twice = machine([], { [calico]: [words, words] });
  assert.equal((await pulling(twice.host, [etcd, calico])).error, undefined);
  assert.deepEqual(twice.pulled, [etcd, calico, calico, calico]);

  const always = machine([], { [calico]: [words, words, words] });
  const { error } = await pulling(always.host, [calico]);
  assert.equal(error?.code, "image-unreachable");
  assert.equal(error.output, words);
  assert.equal(always.pulled.length, 3);
});

test("pull: it may take hours, and ends with the command's signal", async () => {
  const { host, patience } = machine([], {});
  await pulling(host, [etcd]);
  const [{ timeout, signal } = {}] = patience;
  assert.deepEqual([timeout, signal instanceof AbortSignal], [pullTimeout, true]);
});

test("pull: a refusal is not asked again", async () => {
  const { host, pulled } = machine([], { [etcd]: ["403 Forbidden", "403 Forbidden"] });
  const { error } = await pulling(host, [etcd]);
  assert.equal(error?.code, "image-refused");
  assert.deepEqual(pulled, [etcd]);
});

test("pull: an official image that Docker Hub refuses comes from a second place, under its own name", async () => {
  const { host, pulled, commands } = machine([], { [nginx]: [limit] });
  const { notes, error } = await pulling(host, [nginx]);
  assert.equal(error, undefined);
  const second = "public.ecr.aws/docker/library/nginx:latest";
  assert.deepEqual(pulled, [nginx, second]);
  assert.ok(commands.some((text) => text.includes(`images tag --force ${second} ${nginx}`)));
  assert.ok(notes.some((text) => /limit.*public\.ecr\.aws/.test(text)));
});

test("pull: where the second place fails too, the first one's reason is told", async () => {
  const second = "public.ecr.aws/docker/library/nginx:latest";
  const { host } = machine([], { [nginx]: [limit], [second]: ["403 Forbidden"] });
  const { error } = await pulling(host, [nginx]);
  assert.equal(error?.code, "image-limit");
  assert.match(
    error.message,
    /^w1 could not pull docker\.io\/library\/nginx:latest from docker\.io: this address has reached Docker Hub's limit/,
  );
});

test("pull: other projects' images have no second place", async () => {
  const { host, pulled } = machine([], { [calico]: ["403 Forbidden"] });
  await pulling(host, [calico]);
  assert.deepEqual(pulled, [calico]);
});

test("pull: what a registry refuses to the machine is fetched here, sent and imported", async () => {
  const { host, pulled, commands, sent } = machine([], { [etcd]: ["403 Forbidden"] });
  const { notes, error } = await pulling(host, [etcd, calico], async () => "/cache/etcd.tar");
  assert.equal(error, undefined);
  assert.deepEqual(sent, [{ path: imagesArchive, content: { localFile: "/cache/etcd.tar" }, mode: 0o600 }]);
  const importing = commands.find((text) => text.includes("images import")) ?? "";
  assert.match(importing, /images import \S+ \/var\/lib\/labwright-images\.tar >\/dev\/null && rm \/var/);
  assert.match(
    importing,
    /MainPID[\s\S]*containerd|containerd[\s\S]*MainPID/,
    "it shows what containerd writes",
  );
  assert.deepEqual(notes.slice(notes.indexOf("sending the images"))[1], "importing the images");
  assert.ok(notes.some((text) => /403.*fetching registry\.k8s\.io\/etcd.* to this computer/.test(text)));
  assert.deepEqual(pulled, [etcd, calico], "the next one is pulled as before");
});

test("pull: where this computer cannot fetch it either, both reasons are told", async () => {
  const { host, sent } = machine([], { [etcd]: ["403 Forbidden"] });
  const { error } = await pulling(host, [etcd], async () => {
    throw new Error("could not fetch it: it answers with 403");
  });
  assert.equal(error?.code, "image-refused");
  assert.match(error.output ?? "", /403 Forbidden\nthis computer cannot fetch it either: could not fetch it/);
  assert.deepEqual(sent, []);
});

test("pull: what no other computer would get either is not fetched here", async () => {
  const { host } = machine([], { [etcd]: ["no space left on device"] });
  const { error } = await pulling(host, [etcd], async () => assert.fail("nobody fetches"));
  assert.equal(error?.code, "image-disk-full");
});
