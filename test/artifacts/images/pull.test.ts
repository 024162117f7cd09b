import assert from "node:assert/strict";
import { test } from "node:test";
import { type Puller, type Pulling, pullImage, secondPlaceOf } from "../../../src/artifacts/images/pull.ts";

const nginx = "docker.io/library/nginx:1";
const second = "public.ecr.aws/docker/library/nginx:1";
const etcd = "registry.k8s.io/etcd:3";
const refused = "403 Forbidden";
const lost = "connection reset";

interface Case {
  image: string;
  /** Image → what its pulls print, one after the other; then they succeed. */
  failures?: Record<string, string[]>;
  pulling?: Partial<Pulling>;
  /** Of the puller, which has all else. */
  without?: "load";
}

/** Pulls with a puller that notes what it is asked for; what was told and thrown is in the answer. */
async function pulled({ image, failures = {}, pulling = {}, without }: Case) {
  const asked: string[] = [];
  const notes: string[] = [];
  const { load, ...puller }: Required<Puller> = {
    name: "w1",
    pull: async (name, progress) => {
      asked.push(`pull ${name}`);
      progress("half");
      return failures[name]?.shift();
    },
    rename: async (from, to) => void asked.push(`rename ${from} to ${to}`),
    load: async (file) => void asked.push(`load ${file}`),
  };
  const own = { note: (text: string) => notes.push(text), signal: new AbortController().signal };
  const work = pullImage({ ...puller, ...(without !== "load" && { load }) }, image, "pulling it", {
    ...{ ...own, pauses: [0.001], ...pulling },
  });
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return { asked, notes, error };
}

test("an image that can be pulled is asked for once, and its progress is told behind the title", async () => {
  const { asked, notes, error } = await pulled({ image: nginx });
  assert.deepEqual([asked, error], [[`pull ${nginx}`], undefined]);
  assert.deepEqual(notes, ["pulling it", "pulling it: half"]);
});

test("what passes is tried again after a pause, which is told", async () => {
  const { asked, notes, error } = await pulled({ image: etcd, failures: { [etcd]: [lost] } });
  assert.deepEqual([asked, error], [[`pull ${etcd}`, `pull ${etcd}`], undefined]);
  assert.ok(
    notes.includes(
      "pulling it: the registry does not answer, or the connection was lost; trying again in 0.001 s",
    ),
    notes.join("\n"),
  );
});

test("there are as many tries as pauses, and one", async () => {
  const failures = { [etcd]: [lost, lost, lost, lost] };
  const { asked, error } = await pulled({ image: etcd, failures, pulling: { pauses: [0.001, 0.001] } });
  assert.equal(asked.length, 3);
  assert.equal((error as { code?: string }).code, "image-unreachable");
});

test("a pause ends with its signal", async () => {
  const pulling = { pauses: [600], signal: AbortSignal.abort() };
  const { asked } = await pulled({ image: etcd, failures: { [etcd]: [lost] }, pulling });
  assert.equal(asked.length, 2);
});

test("the second place is for official images that another registry may have, under their own name", async () => {
  assert.equal(secondPlaceOf(nginx), second);
  assert.equal(secondPlaceOf(etcd), undefined);
  assert.equal(secondPlaceOf("docker.io/calico/node:1"), undefined);
  assert.equal(secondPlaceOf(`mirror.example/${nginx}`), undefined);
  const { asked } = await pulled({ image: nginx, failures: { [nginx]: [refused] } });
  assert.deepEqual(asked, [`pull ${nginx}`, `pull ${second}`, `rename ${second} to ${nginx}`]);
  const full = await pulled({ image: nginx, failures: { [nginx]: ["no space left on device"] } });
  assert.deepEqual(full.asked, [`pull ${nginx}`]);
});

test("what neither place gives is fetched here and loaded, and each part of it is told", async () => {
  const fetched: string[] = [];
  const fetch: Pulling["fetch"] = async (image, note) => {
    fetched.push(image);
    note("2 MB");
    return "/cache/nginx.tar";
  };
  const failures = { [nginx]: [refused], [second]: [refused] };
  const { asked, notes, error } = await pulled({ image: nginx, failures, pulling: { fetch } });
  assert.deepEqual([error, fetched], [undefined, [nginx]]);
  assert.deepEqual(asked, [`pull ${nginx}`, `pull ${second}`, "load /cache/nginx.tar"]);
  const why = `the registry answers 403: it refuses this machine's address: fetching ${nginx} to this computer`;
  assert.deepEqual(notes.slice(-3), [why, `${why}: 2 MB`, `sending ${nginx}`]);
});

test("nothing is fetched for a puller that cannot load it", async () => {
  const fetch = () => assert.fail("nobody fetches");
  const failures = { [etcd]: [refused] };
  const { error } = await pulled({ image: etcd, failures, pulling: { fetch }, without: "load" });
  assert.match(String(error), /w1 could not pull registry\.k8s\.io\/etcd:3/);
});

test("a fetch that was interrupted is an interruption, and not a failed pull", async () => {
  const stop = new AbortController();
  const fetch = async () => {
    stop.abort(new Error("interrupted"));
    throw new Error("the download was cut off");
  };
  const failures = { [etcd]: [refused] };
  const { error } = await pulled({ image: etcd, failures, pulling: { fetch, signal: stop.signal } });
  assert.match(String(error), /interrupted/);
});
