import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { openProvider } from "../../src/providers/registry.ts";
import { readLab } from "../../src/session/session.ts";
import { candidates, type Place } from "./alike-places.ts";
import { firstAnswers } from "./first-answers.ts";
import { type Neighbour, neighbourOf } from "./neighbour.ts";
import { listedSpares, refilled, told } from "./spares.ts";
import { long, outputOf, type Ran, succeeds, type TestLab, testLab } from "./support.ts";
import { type WildDamage, wildDamage } from "./wild-damage.ts";

/** One lab is destroyed as root again and again and reset, without a spare and from one; a client asks another lab all the time. */
const machines = "[{ name: cp, role: control-plane }, { name: w, role: worker, count: 2 }]";
const places = candidates.filter(({ provider }) => ["docker", "incus"].includes(provider));

for (const { provider, skip, open } of places)
  describe(`wild damage on ${provider}`, { skip: skip || long }, () => {
    let lab: TestLab;
    let place: Place;
    let neighbour: Neighbour | undefined;

    before(async () => {
      lab = await testLab(`e2e-wild-${provider}`, `provider: ${provider}\nmachines: ${machines}\n`);
      place = await open({ name: lab.name, machines: ["cp", "w1", "w2"] });
      await lab.labwright(["down"]);
      succeeds(await lab.labwright(["up"]));
      neighbour = await neighbourOf(lab.name);
    });
    after(async () => {
      await lab?.labwright(["down"]);
      await neighbour?.remove();
      assert.deepEqual(await place?.left(), []);
    });

    /** A login does not survive what it does, so it goes on without one. */
    const destroy = async ({ machine, script }: WildDamage): Promise<void> => {
      const text = Buffer.from(`sleep 1\n${script}\ntouch /dev/shm/destroyed`).toString("base64");
      const command = `rm -f /dev/shm/destroyed; echo ${text} | base64 -d >/dev/shm/damage; setsid -f bash /dev/shm/damage >/dev/null 2>&1`;
      succeeds(await lab.labwright(["ssh", machine, command]));
      await sleep(8000);
    };

    const proved = async (ran: Ran): Promise<void> => {
      succeeds(ran);
      assert.match(ran.output, /3 nodes: lease renewed since the command began/);
      assert.match(ran.output, /3 nodes: a pod was created, ran to its end and was deleted/);
      assert.match(await outputOf(lab, ["reset", "--dry-run"]), /^Nothing to reset/);
    };

    for (const damage of wildDamage)
      test(`${damage.title}: undone, or created again`, async (t) => {
        await destroy(damage);
        const ran = await lab.labwright(["reset"]);
        await proved(ran);
        assert.match(ran.output, damage.rebuilt ?? /^Reset by undoing/m);
        t.diagnostic(`${provider}: ${damage.title}: ${told(ran)}`);
      });

    for (const damage of wildDamage)
      test(`${damage.title}: a spare is taken`, async (t) => {
        if ((await listedSpares(lab)).spares.length === 0) succeeds(await lab.labwright(["spare", "add"]));
        const [spare] = (await refilled(lab)).spares;
        const set = spare?.set ?? "";
        const next = await openProvider({ ...(await readLab({ file: lab.file })), set });
        const urls = (await next.list()).map(({ address }) => `http://${address}:30080/`);
        await destroy(damage);
        const answers = firstAnswers(urls);
        const ran = await lab.labwright(["reset", "--spare"]);
        await sleep(5000);
        const { seconds, failures } = await answers.stop();
        assert.deepEqual(failures, [], "a node has answered, and then not");
        await proved(ran);
        t.diagnostic(
          `${provider}: ${damage.title}: nginx answers on every node after ${seconds.toFixed(1)} s. ${told(ran)}`,
        );
      });
  });
