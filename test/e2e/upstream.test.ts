import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startRun } from "../../src/engine/activity-tree.ts";
import { engineReleases } from "../engines/programs.ts";
import { bytesByPath } from "../upstream/serve.ts";
import { long } from "./support.ts";
import { type Office, type OfficeOptions, startOffice } from "./upstream-office.ts";
import { makeWorld, type World } from "./upstream-world.ts";

/**
 * A person's computer behind a company's proxy: the default URLs, upstream's layout, an inspecting firewall's certificate
 * authority, a network without any other way out, empty caches, and no Go, dpkg, apt or mmdebstrap.
 */
let world: World;
before(async () => {
  world = await startRun("world", [], (activity) => makeWorld(activity));
});

async function withOffice(options: OfficeOptions, work: (office: Office) => Promise<void>): Promise<void> {
  const office = await startOffice(world, options);
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

/** What is on its way when a connection breaks was sent, and never came: as much as the sockets on the way hold. */
const inFlight = 4 << 20;

/** Each package was fetched for this processor, and nothing of it twice. */
function assertFetchedOnce({ internet }: Office): void {
  const sizes = new Map([...world.kubernetes, ...world.docker].map(([path, bytes]) => [path, bytes.length]));
  for (const [place, bytes] of bytesByPath(internet.asked)) {
    if (!place.endsWith(".deb") || bytes === 0) continue;
    assert.match(place, /_amd64\.deb$/);
    const answers = internet.asked.filter(
      (one) => one.bytes > 0 && `${one.host}${one.path}` === place,
    ).length;
    const path = place.replace(/^[^/]*(\/repositories\/isv:\/kubernetes:)?/, "");
    assert.ok(
      bytes <= (sizes.get(path) ?? 0) + (answers - 1) * inFlight,
      `${place}: ${bytes} bytes were sent in ${answers} answers, it has ${sizes.get(path)}`,
    );
  }
}

test("an office: a cluster from the default places, through the proxy alone", () =>
  withOffice({}, async (office) => {
    const doctor = await office.computer.run(["doctor"]);
    assert.equal(doctor.code, 0, doctor.output);
    await assertCluster(office);
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
      // A registry's ban is nothing that passes by itself: it is named, and the person runs the command again.
      const banned = await computer.run(["up"]);
      assert.match(
        banned.output,
        /could not pull quay\.io\/calico\/node:\S+ from quay\.io: the registry answers 403/,
      );
      await assertCluster(office);
      assertFetchedOnce(office);
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

after(() => world?.store.blobs.clear());
