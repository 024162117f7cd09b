import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import type { Event, Outcome } from "../../src/activity/activity.ts";
import { LabwrightError } from "../../src/errors.ts";
import { sh } from "../../src/hosts/sh.ts";
import { makesMachines } from "../../src/lab/accounts.ts";
import { spares } from "../../src/lab/available.ts";
import { adoptLabId, labId, labOwner } from "../../src/lab/identity.ts";
import type { Lab } from "../../src/lab/types.ts";
import { labFolder } from "../../src/paths.ts";
import { openProvider } from "../../src/providers/registry.ts";
import type { MachineInfo } from "../../src/providers/types.ts";
import { type Candidate, type Part, parts } from "./providers-candidate.ts";
import { inOtherFolder, loginsOn, treeOf } from "./providers-folder.ts";
import {
  create,
  destroy,
  destroyInterrupted,
  destroyLeftovers,
  find,
  labOf,
  silent,
} from "./providers-lab.ts";
import { assertLogin, greeting, on, until } from "./providers-look.ts";

/** Milliseconds after the first thing of a lab is there, at which the run that makes it is killed. */
const killMoments = [0, 400];

/** Puts a provider through all parts; what it cannot do is skipped by name, with the reason, and counted. */
export function providerContract(candidate: Candidate): void {
  const made: Lab[] = [];
  const labFor = async (word: string, names?: readonly string[]): Promise<Lab> => {
    const lab = await labOf(candidate, word, names);
    made.push(lab);
    await destroyLeftovers(lab);
    return lab;
  };
  const login = (found: MachineInfo) => assertLogin(found, candidate.hostname?.(found.name) ?? found.name);
  const ofSets = spares[candidate.name];
  const cannot = { ...(ofSets !== true && { sets: ofSets.refused }), ...candidate.cannot };
  const part = (name: Part, work: () => Promise<void>) =>
    test(parts[name], { skip: candidate.unavailable || cannot[name] || false }, work);

  describe(`provider ${candidate.title ?? candidate.name}`, () => {
    let lab: Lab;
    let machines: MachineInfo[] = [];
    const pair = (): [MachineInfo, MachineInfo] => {
      const [one, other] = machines;
      assert.ok(one && other, "the machines were made");
      return [one, other];
    };
    before(async () => {
      if (candidate.unavailable === false) lab = await labFor("one");
    });
    after(async () => {
      for (const one of made) await destroy(one);
      await candidate.close?.();
    });

    part("create", async () => {
      assert.deepEqual(await find(lab), []);
      machines = await create(lab);
      assert.deepEqual(
        machines.map(({ name, running }) => [name, running]),
        lab.machines.map(({ name }) => [name, true]),
      );
      assert.equal(new Set(machines.map(({ address }) => address)).size, 2);
      assert.deepEqual(await find(lab).then(stable), stable(machines), "asked again, it says the same");
    });

    part("access", async () => {
      await Promise.all(pair().map(login));
    });

    part("address", async () => {
      const [one, other] = pair();
      for (const [from, to] of [
        [one, other],
        [other, one],
      ] as const)
        assert.match(await on(from, sh`exec bash -c ${`head -n 1 </dev/tcp/${to.address}/22`}`), /^SSH-2/);
      const place = one.reach(22);
      if (place !== undefined) assert.match(await greeting(place), /^SSH-2/);
    });

    part("again", async () => {
      const [one, other] = pair();
      await on(one, sh`echo kept >/root/kept; sync`);
      await candidate.stop(lab, one.name);
      assert.deepEqual(
        (await find(lab)).map(({ running }) => running),
        [false, true],
      );
      machines = await create(lab);
      assert.deepEqual(stable(machines), stable([one, other]));
      assert.equal(await on(pair()[0], sh`cat /root/kept`), "kept");
    });

    part("paused", async () => {
      assert.ok(candidate.pause, "the candidate can pause a machine, or says why it cannot");
      const [one, other] = pair();
      await on(one, sh`echo kept >/root/paused; sync`);
      const provider = await openProvider(lab);
      const once = async () =>
        provider.pause ? provider.pause([one.name]) : candidate.pause?.(lab, one.name);
      await once();
      // Again, it is paused already.
      if (provider.pause) await once();
      const [paused] = await find(lab);
      assert.deepEqual([paused?.running, paused?.name], [false, one.name]);
      if (provider.pause) assert.equal(paused?.paused, true);
      assert.match(paused?.pending ?? "", /^is paused, and will be /);
      machines = await create(lab);
      assert.deepEqual(stable(machines), stable([one, other]));
      assert.equal(await on(pair()[0], sh`cat /root/paused`), "kept");
    });

    part("unstartable", async () => {
      assert.ok(candidate.block, "the candidate can keep a machine from starting, or says why it cannot");
      const [one, other] = pair();
      await on(one, sh`echo kept >/root/unstartable; sync`);
      const { says, unblock } = await candidate.block(lab, one.name);
      try {
        await assert.rejects(create(lab), ({ code, message, remedy }: LabwrightError) => {
          assert.equal(code, "machine-start-failed", message);
          assert.match(message, says);
          assert.match(remedy, new RegExp(`--recreate ${one.name}`));
          return true;
        });
      } finally {
        await unblock();
      }
      machines = await create(lab);
      assert.deepEqual(stable(machines), stable([one, other]));
      assert.equal(await on(pair()[0], sh`cat /root/unstartable`), "kept");
    });

    part("reads", async () => {
      const look = async () => ({
        folder: await treeOf(labFolder(lab.name)),
        place: await candidate.state(lab.name),
        logins: await Promise.all(pair().map(loginsOn)),
      });
      const before = await look();
      assert.deepEqual(stable(await find(lab)), stable(machines));
      assert.equal(
        (await (await openProvider(lab)).claims()).every(({ id }) => id !== undefined),
        true,
      );
      assert.deepEqual(await look(), before);
      if (!makesMachines(lab.provider)) return;
      const key = join(labFolder(lab.name), "id_ed25519");
      await rename(key, `${key}.away`);
      const without = await treeOf(labFolder(lab.name));
      assert.deepEqual(
        (await find(lab)).map(({ lacks }) => lacks?.closed),
        [true, true],
        "without a key nobody gets in, and none is made",
      );
      assert.deepEqual(await treeOf(labFolder(lab.name)), without);
      await rename(`${key}.away`, key);
      assert.deepEqual(await look().then(({ place, logins }) => [place, logins]), [
        before.place,
        before.logins,
      ]);
    });

    part("foreign", async () => {
      const before = await candidate.state(lab.name);
      const owner = labOwner(lab.name);
      await inOtherFolder(candidate.elsewhere ?? {}, async (folder) => {
        const theirs = {
          code: "lab-of-another",
          message: new RegExp(candidate.owner?.source ?? escaped(owner)),
        };
        await assert.rejects(find(lab), theirs);
        await assert.rejects(create(lab, { all: true }), theirs);
        await assert.rejects(
          openProvider(lab).then((provider) => provider.remove(["cp"], silent)),
          theirs,
        );
        await assert.rejects(destroy(lab), theirs);
        assert.deepEqual(await treeOf(folder), []);
      });
      assert.deepEqual(await candidate.state(lab.name), before);
      await Promise.all(pair().map(login));
    });

    part("adopt", async () => {
      const [one, other] = pair();
      await on(one, sh`echo kept >/root/adopted; sync`);
      const id = await labId(lab.name);
      await rm(labFolder(lab.name), { recursive: true });
      await assert.rejects(find(lab), { code: "lab-of-another" });
      const provider = await openProvider(lab);
      const claims = await provider.claims();
      assert.ok(claims.length >= 2);
      assert.deepEqual([...new Set(claims.map((claim) => claim.id))], [id]);
      await adoptLabId(lab.name, id ?? "");
      await provider.adopt(id ?? "");
      machines = await create(lab);
      assert.deepEqual(stable(machines), stable([one, other]));
      await Promise.all(pair().map(login));
      assert.equal(await on(pair()[0], sh`cat /root/adopted`), "kept");
    });

    part("remove", async () => {
      const [one, other] = pair();
      await on(one, sh`echo kept >/root/kept`);
      await on(other, sh`echo gone >/root/gone`);
      await (await openProvider(lab)).remove([other.name], silent);
      assert.deepEqual(
        (await find(lab)).map(({ name }) => name),
        [one.name],
      );
      machines = await create(lab);
      assert.equal(pair()[1].address, other.address);
      assert.equal(await on(pair()[0], sh`cat /root/kept`), "kept");
      assert.equal(await on(pair()[1], sh`ls /root`), "");
      if (!candidate.keepsHostKeys) return;
      // The folder that was lost had the first key.
      const { hostKeys } = pair()[1].access;
      await (await openProvider(lab)).remove([other.name], silent);
      machines = await create(lab);
      assert.deepEqual(pair()[1].access.hostKeys, hostKeys);
    });

    part("sideBySide", async () => {
      const second = await labFor("two", ["cp"]);
      const [theirs] = await create(second);
      assert.ok(theirs);
      await login(theirs);
      assert.notEqual(theirs.address, pair()[1].address);
      assert.deepEqual(stable(await find(lab)), stable(machines));
      await destroy(second);
      assert.deepEqual(await candidate.things(second.name), []);
      await Promise.all(pair().map(login));
    });

    part("sets", async () => {
      const further: Lab = { ...lab, set: "2" };
      const { sets } = await openProvider(lab);
      assert.ok(sets, "the provider keeps several sets of machines, as src/lab/available.ts says");
      const before = await candidate.things(lab.name);
      assert.deepEqual(await find(further), []);
      const theirs = await create(further);
      await Promise.all(theirs.map(login));
      const names = theirs.map(({ name }) => name);
      assert.deepEqual(
        names,
        pair().map(({ name }) => name),
      );
      const addresses = [...theirs, ...machines].map(({ address }) => address);
      assert.equal(new Set(addresses.map((address) => address.replace(/\d+$/, ""))).size, 2, `${addresses}`);
      const states = async () => Object.fromEntries(await sets.list());
      assert.deepEqual(await states(), { 1: ["running", "running"], 2: ["running", "running"] });
      await (await openProvider(further)).pause?.(names);
      assert.deepEqual(await states(), { 1: ["running", "running"], 2: ["paused", "paused"] });
      assert.deepEqual(stable(await find(lab)), stable(machines));
      await Promise.all(pair().map(login));
      await on(pair()[0], sh`echo kept >/root/sets; sync`);
      assert.deepEqual(stable(await create(further)), stable(theirs));
      assert.ok((await sets.remove("2", silent)).length > 2);
      assert.deepEqual(await states(), { 1: ["running", "running"] });
      assert.deepEqual((await candidate.things(lab.name)).toSorted(), before.toSorted());
      assert.deepEqual(stable(await find(lab)), stable(machines));
      assert.equal(await on(pair()[0], sh`cat /root/sets`), "kept");
      // For what `destroy` has to remove.
      await create(further);
    });

    part("interrupted", async () => {
      const before = await candidate.things(lab.name);
      const { words, events } = await destroyInterrupted(lab);
      const left = await candidate.things(lab.name);
      assert.ok(left.length > 0 && left.length < before.length, `${before} became ${left}`);
      assert.match(words, /^interrupted; done: remove .*; not begun: remove /);
      assert.ok(ended(events, "changed").length > 0);
      assert.ok(ended(events, "skipped").length > 0);
    });

    part("destroy", async () => {
      assert.notDeepEqual(await candidate.things(lab.name), []);
      assert.ok((await destroy(lab)).length >= 1);
      assert.deepEqual(await candidate.things(lab.name), []);
      assert.deepEqual(await destroy(lab), []);
    });

    /** Kills a run that makes the lab, `later` milliseconds after the first thing of it is there. */
    async function makeAndKill(lab: Lab, later: number): Promise<void> {
      const child = fork(join(import.meta.dirname, "providers-child.ts"));
      const ended = new Promise((resolve) => child.once("exit", (_, signal) => resolve(signal)));
      child.send(lab);
      await until("a first thing", 60, async () => (await candidate.things(lab.name)).length > 0);
      await delay(later);
      child.kill("SIGKILL");
      assert.equal(await ended, "SIGKILL", "it was still at it");
    }

    part("killed", async () => {
      for (const moment of killMoments) {
        const half = await labFor("killed");
        await makeAndKill(half, moment);
        await Promise.all((await create(half)).map(login));
        await destroy(half);
      }
    });

    part("killedAway", async () => {
      for (const moment of killMoments) {
        const half = await labFor("killed");
        await makeAndKill(half, moment);
        assert.notDeepEqual(await destroy(half), []);
        assert.deepEqual(await candidate.things(half.name), []);
      }
    });

    part("taken", async () => {
      const wanted = await labFor("taken", ["cp"]);
      const kinds = Object.entries(candidate.occupy ?? {});
      assert.ok(kinds.length > 0, "the candidate says what can have a name, or why nothing can");
      for (const [kind, occupy] of kinds) {
        const occupant = await occupy(wanted);
        try {
          await assert.rejects(create(wanted), { code: "name-taken" }, kind);
          await destroy(wanted);
          assert.ok(await occupant.isThere(), `the ${kind} of someone else is still there`);
        } finally {
          await occupant.remove();
        }
        assert.equal((await create(wanted)).length, 1, kind);
        await destroy(wanted);
      }
    });

    part("cut", async () => {
      const line = await candidate.line?.();
      assert.ok(line, "the candidate can cut the line, or says why it cannot");
      try {
        const lab = await labFor("cut");
        const making = create(lab);
        const failed = assert.rejects(making, isPlaceGone);
        await until("a first thing", 60, async () => (await candidate.things(lab.name)).length > 0);
        await line.cut();
        await failed;
        await assert.rejects(find(lab), isPlaceGone);
        await line.restore();
        await Promise.all((await create(lab)).map(login));
        await destroy(lab);
      } finally {
        await line.end();
      }
    });
  });
}

/** What must not change while nobody changes it. */
const stable = (found: readonly MachineInfo[]) =>
  found.map(({ name, running, address, access }) => ({ name, running, address, hostKeys: access.hostKeys }));

/** The removals that ended so. */
const ended = (events: readonly Event[], outcome: Outcome) =>
  events.filter((event) => event.event === "end" && event.outcome === outcome);

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");

function isPlaceGone(error: unknown): boolean {
  assert.ok(error instanceof LabwrightError, String(error));
  assert.match(error.code, /^engine-(gone|missing)$/, error.message);
  assert.ok(error.remedy);
  return true;
}
