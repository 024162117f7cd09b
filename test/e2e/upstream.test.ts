import assert from "node:assert/strict";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { startRun } from "../../src/activity/tree.ts";
import { engineReleases } from "../engines/programs.ts";
import { digest } from "../upstream/packages/deb.ts";
import { long } from "./support.ts";
import { type Imitation, makeImitation } from "./upstream-imitation.ts";
import { type Office, type OfficeOptions, startOffice } from "./upstream-office.ts";

/**
 * A person's computer behind a company's proxy: the default URLs, upstream's layout, an inspecting firewall's certificate
 * authority, a network without any other way out, empty caches, and no Go, dpkg, apt or mmdebstrap.
 */
let imitation: Imitation;
before(async () => {
  imitation = await startRun("imitation", [], (activity) => makeImitation(activity));
});

async function withOffice(options: OfficeOptions, work: (office: Office) => Promise<void>): Promise<void> {
  const office = await startOffice(imitation, options);
  try {
    await work(office);
  } finally {
    await office.close();
  }
}

/** `up` makes a cluster that serves, and nothing is left to do. */
async function assertCluster({ computer, inside }: Office, size = 2): Promise<void> {
  const up = await computer.run(["up"]);
  assert.equal(up.code, 0, up.output);
  const plan = await computer.run(["plan"]);
  assert.equal(plan.code, 0, plan.output);
  const kubectl = "kubectl --kubeconfig /etc/kubernetes/admin.conf";
  const nodes = await inside("cp", `${kubectl} get nodes --no-headers`);
  assert.equal(nodes.split("\n").filter((line) => / Ready /.test(line)).length, size, nodes);
  assert.equal(await inside("cp", "curl -s -o /dev/null -w '%{http_code}' http://w1:30080/"), "200");
}

/** So many images were refused to a machine, and fetched to the computer for it. */
async function assertSent({ computer, internet }: Office, images: number): Promise<void> {
  assert.equal(internet.asked.filter(({ status }) => status === 403).length, images);
  const folder = join(computer.folder, "home/.cache/labwright/artifacts/fetched-images");
  assert.equal((await readdir(folder)).filter((name) => !name.startsWith(".")).length, images);
}

/** What a killed run has fetched of files and kept for the next one: bytes by SHA-256. */
async function keptParts({ computer }: Office): Promise<Map<string, number>> {
  const folder = join(computer.folder, "home/.cache/labwright/artifacts/downloads");
  const parts = (await readdir(folder)).filter((name) => name.endsWith(".part"));
  const sizes = parts.map(async (name) => (await stat(join(folder, name))).size);
  const pairs = await Promise.all(sizes);
  return new Map(parts.map((name, index) => [name.replace(/\.deb\.part$/, ""), pairs[index] ?? 0]));
}

/**
 * Each package was fetched for this processor, and what had come of it was not fetched again: later requests ask for the
 * rest. Bytes that were sent prove less, as many are in the sockets on the way when a connection breaks.
 */
function assertFetchedOnce({ internet }: Office, kept = new Map<string, number>()): void {
  const files = new Map([...imitation.kubernetes, ...imitation.docker]);
  const seen = new Set<string>();
  for (const { host, path, range = "", bytes } of internet.asked) {
    if (!path.endsWith(".deb") || bytes === 0) continue;
    assert.match(path, /_amd64\.deb$/);
    const again = seen.has(path);
    seen.add(path);
    const content = files.get(path.replace(/^\/repositories\/isv:\/kubernetes:/, ""));
    const part = content && kept.get(digest("sha256", content));
    if (again && part !== 0)
      assert.match(range, /^bytes=[1-9]/, `${host}${path} was fetched again from its beginning`);
  }
  const ranges = internet.asked.map(({ range }) => range);
  for (const size of kept.values())
    if (size > 0)
      assert.ok(ranges.includes(`bytes=${size}-`), `nobody went on at byte ${size}: ${ranges.join()}`);
}

test("an office: a cluster from the default places, through the proxy alone", () =>
  withOffice({}, async (office) => {
    const refused = {
      path: /pkg\.dev\/v2\/k8s-artifacts-prod\/images\/coredns/,
      fault: { status: 403 },
      times: 1,
    };
    office.internet.rules.push(refused);
    const doctor = await office.computer.run(["doctor"]);
    assert.equal(doctor.code, 0, doctor.output);
    await assertCluster(office);
    await assertSent(office, 1);
    assertFetchedOnce(office);
    assert.deepEqual(office.internet.refused, []);
  }));

test(
  "a bad line: a run that was killed goes on where it was, past a 404, a 429, a 403 and a cut",
  { skip: long },
  () =>
    withOffice({ line: { delay: 150, loss: 0.02 } }, async (office) => {
      const { computer, internet } = office;
      internet.rules.push(
        { path: /cdn.*kubeadm_1\.36\.3-2\.1_amd64\.deb/, fault: { status: 404 } },
        {
          path: /download\.docker\.com.*containerd\.io_2\.4\.1.*deb$/,
          fault: { cutAfter: 3_000_000 },
          times: 1,
        },
        { path: /quay\.io\/v2\/calico\/node\/manifests/, fault: { status: 403 }, times: 1 },
        {
          path: /registry-1\.docker\.io\/v2\/library\/nginx\/manifests/,
          fault: {
            status: 429,
            headers: { "retry-after": "5" },
            body: '{"errors":[{"code":"TOOMANYREQUESTS","message":"You have reached your unauthenticated pull rate limit. https://www.docker.com/increase-rate-limit"}]}',
          },
          times: 1,
        },
      );
      const killed = await computer.run(["up"], {
        killWhen: /containerd\.io 2\.4\.1\S*: [\d.]+ MB of/,
        killAfter: 0,
      });
      assert.equal(killed.code, null, killed.output);
      const kept = await keptParts(office);
      assert.ok([...kept.values()].some((size) => size > 0));
      await assertCluster(office);
      await assertSent(office, 1);
      assertFetchedOnce(office, kept);
    }),
);

/** What `npm start` does in a fresh clone, as a person who is not root but may use the engine. */
for (const { version, skip, withPrograms, settings } of engineReleases)
  test(
    `a normal user in the group docker makes three nodes on Docker ${version}`,
    { skip: long || skip },
    () =>
      withPrograms((programs) => {
        const engine = { programs, ...(settings && { settings }) };
        return withOffice({ user: "nobody", workers: ["w1", "w2"], engine }, async (office) => {
          const doctor = await office.computer.run(["doctor", "--fix"]);
          assert.equal(doctor.code, 0, doctor.output);
          await assertCluster(office, 3);
        });
      }),
  );

after(() => imitation?.store.blobs.clear());
