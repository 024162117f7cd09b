import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { succeeds, type TestLab, testLab } from "./support.ts";

const exercise = `title: A macvlan network that its machine is on too
setup:
  - on: stapp01
    tasks:
      - docker-engine
      - docker-image: { set: nginx }
      - docker-container: { container: one }
      - docker-container: { container: two }
goal:
  - title: Containers on the network, and the machine, reach each other
    on: stapp01
    tasks:
      - docker-network:
          network: news
          driver: macvlan
          subnet: 172.28.0.0/24
          ipRange: 172.28.0.0/25
          host: { interface: news0, address: 172.28.0.253/24 }
      - docker-connected: { network: news, containers: [one, two] }
wrong:
  - name: without an interface for the machine
    on: stapp01
    run: docker network create -d macvlan -o parent=eth0 --subnet 172.28.0.0/24 --ip-range 172.28.0.0/25 news
    expect: news0
`;

let lab: TestLab;
before(async () => {
  lab = await testLab(
    "e2e-macvlan",
    "machines: [{ name: stapp01, role: app-server, software: [docker] }]\nplaybooks: []\n",
  );
  await lab.labwright(["down"]);
  const folder = join(dirname(lab.file), "exercises", "press");
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "exercise.yaml"), exercise);
  await writeFile(join(folder, "task.md"), "# Press\n");
  succeeds(await lab.labwright(["up"]));
});
after(async () => {
  await lab?.labwright(["down"]);
});

/** The page of a container at its address on the network, asked for from another's network or the machine's own. */
const pageOf = async (container: string, from = "machine") =>
  lab.inside(
    "stapp01",
    `address=$(docker inspect --format '{{.NetworkSettings.Networks.news.IPAddress}}' ${container})
    pid=$(docker inspect --format '{{.State.Pid}}' ${from} 2>/dev/null)
    nsenter --target "\${pid:-$$}" --net curl --silent --max-time 3 "http://$address/" || true`,
  );

test("containers on a macvlan network reach each other, and the machine through its own interface", async () => {
  succeeds(await lab.labwright(["exercise", "start", "press"]));
  succeeds(await lab.labwright(["exercise", "solve", "press"]));
  succeeds(await lab.labwright(["exercise", "check", "press"]));
  assert.match(await pageOf("one"), /Welcome to nginx!/);
  assert.match(await pageOf("one", "two"), /Welcome to nginx!/);
});

test("without that interface the machine reaches none of them, and the check says what is missing", async () => {
  await lab.inside("stapp01", "ip link delete news0");
  assert.equal((await pageOf("one")).trim(), "");
  const { code, output } = await lab.labwright(["exercise", "check", "press"]);
  assert.equal(code, 1, output);
  assert.match(output, /news0/);
  succeeds(await lab.labwright(["exercise", "reset", "press"]));
});

test("the exercise proves: undoing takes network and interface away", async () => {
  succeeds(await lab.labwright(["exercise", "prove", "press"]));
});
