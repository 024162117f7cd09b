import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { Candidate } from "../contract/providers-candidate.ts";
import { dockerCandidate } from "../contract/providers-docker-candidate.ts";
import { treeOf } from "../contract/providers-folder.ts";
import { incusCandidate } from "../contract/providers-incus-candidate.ts";
import { type Ran, runnerOf } from "./support.ts";

const name = "three-owners";

const exercise = `title: trial
points: 10
setup: []
goal:
  - title: The answer is there
    on: box
    tasks:
      - file: { path: /root/answer, content: "done\\n", mode: "0600" }
hints: ["Which command writes a line into a file?"]
wrong: []
`;

/** Every command that asks the provider for the lab. */
const commands = [
  ["plan"],
  ["up"],
  ["verify"],
  ["status"],
  ["ssh", "box", "--", "true"],
  ["ssh-config"],
  ["kubeconfig"],
  ["exercise", "start", "trial"],
  ["exercise", "prove", "trial"],
  ["smoke"],
  ["down"],
];

const logins =
  "cd / && find etc/passwd etc/shadow etc/sudoers.d etc/labwright root/.ssh home -type f -exec sha256sum {} + | sort -k 2";

/** Three people, each with their own data folder, whose labs have one name on one engine or server. */
function threeOwners(candidate: Candidate): void {
  describe(`three owners of one name on ${candidate.name}`, { skip: candidate.unavailable }, () => {
    let folder = "";
    let alone: Ran["output"];
    const data = (owner: string) => join(folder, owner);
    const labOf = (owner: string) => join(data(owner), "labwright", "labs", name);
    const as = (owner: string, args: string[]) =>
      runnerOf(join(folder, "lab.yaml"), join(folder, "kubeconfig"))(args, {
        env: { ...candidate.elsewhere, XDG_DATA_HOME: data(owner) },
      });
    const succeeds = async (owner: string, args: string[]): Promise<string> => {
      const { code, output } = await as(owner, args);
      assert.equal(code, 0, `${args.join(" ")}: ${output}`);
      return output;
    };
    const onBox = (script: string) => succeeds("alice", ["ssh", "box", "--", script]);
    const filesOf = async (owner: string) =>
      (await treeOf(data(owner))).filter((line) => !/ 40\d{3} /.test(line));

    before(async () => {
      folder = await mkdtemp(join(tmpdir(), "labwright-owners-"));
      const { text = "" } = (await candidate.settings?.(["box"])) ?? {};
      await writeFile(
        join(folder, "lab.yaml"),
        `name: ${name}\nprovider: ${candidate.name}\n${text}\nmachines:\n  - { name: box, role: app-server, users: [{ name: steve, sudo: password }] }\nplaybooks: []\n`,
      );
      await mkdir(join(folder, "exercises", "trial"), { recursive: true });
      await writeFile(join(folder, "exercises", "trial", "exercise.yaml"), exercise);
      await writeFile(join(folder, "exercises", "trial", "task.md"), "# trial\n\nWrite the answer.\n");
      // A killed run of the test may have left a lab, whose folder is lost.
      await succeeds("alice", ["adopt", "--force", "--yes"]);
      await succeeds("alice", ["down"]);
      await succeeds("alice", ["up"]);
      alone = await onBox(logins);
    });
    after(async () => {
      for (const owner of ["alice", "bob", "carol"]) await as(owner, ["down"]);
      await rm(folder, { recursive: true, force: true });
    });

    test("commands that only read leave the folder, the machine and the place as they are", async () => {
      await succeeds("alice", ["exercise", "start", "trial"]);
      const look = async () => ({
        place: await candidate.state(name),
        // A check notes its result in the exercise's own folder.
        folder: (await filesOf("alice")).filter((line) => !line.includes("/exercises/")),
      });
      const [before, inside] = [await look(), await onBox(logins)];
      for (const args of [
        ["plan"],
        ["verify"],
        ["status"],
        ["ssh-config"],
        ["machines", "--provider", "vagrant"],
        ["exercise", "list"],
      ])
        await succeeds("alice", args);
      assert.equal((await as("alice", ["exercise", "check", "trial"])).code, 1);
      assert.deepEqual(await look(), before);
      assert.equal(await onBox(logins), inside);
      await succeeds("alice", ["exercise", "reset", "trial"]);
    });

    test("nobody touches another's: every command names the owner and changes nothing", async () => {
      const before = [await candidate.state(name), await filesOf("alice")];
      for (const owner of ["bob", "carol"]) {
        for (const args of commands) {
          const { code, output } = await as(owner, args);
          assert.equal(code, 1, `${args.join(" ")}: ${output}`);
          assert.ok(output.includes("belongs to ") && output.includes(labOf("alice")), output);
        }
        assert.deepEqual(await filesOf(owner), []);
      }
      assert.deepEqual([await candidate.state(name), await filesOf("alice")], before);
      assert.equal(await onBox(logins), alone);
    });

    test("a password that the lab file asks for is made and given by up, and by nothing else", async () => {
      const file = join(folder, "lab.yaml");
      const text = await readFile(file, "utf8");
      await writeFile(
        file,
        text.replace("role: app-server", "role: app-server, login: [key, password], rootLogin: password"),
      );
      const before = [await filesOf("alice"), await candidate.state(name)];
      const { code, output } = await as("alice", ["plan"]);
      assert.equal(code, 3, output);
      assert.match(output, /has no password for root yet/);
      for (const args of [["verify"], ["status"], ["ssh", "box", "--", "true"]]) await as("alice", args);
      assert.deepEqual([await filesOf("alice"), await candidate.state(name)], before);
      await succeeds("alice", ["up"]);
      assert.equal((await as("alice", ["plan"])).code, 0);
      await writeFile(file, text);
    });

    test("a key that was lost is made and given by up, and by nothing else", async () => {
      await rm(join(labOf("alice"), "id_ed25519"));
      const [before, place] = [await filesOf("alice"), await candidate.state(name)];
      const { code, output } = await as("alice", ["plan"]);
      assert.equal(code, 3, output);
      assert.match(output, /cannot be logged in to: the lab's key is not in /);
      for (const args of [["ssh", "box", "--", "true"], ["ssh-config"]]) {
        const { code, output } = await as("alice", args);
        assert.equal(code, 1, output);
        assert.match(output, /labwright up/);
      }
      assert.notEqual((await as("alice", ["verify"])).code, 0);
      assert.deepEqual([await filesOf("alice"), await candidate.state(name)], [before, place]);
      await succeeds("alice", ["up"]);
      await onBox("true");
    });

    test("a lab is adopted once its folder is gone, and not before", async () => {
      await onBox("echo kept >/root/kept");
      const refused = await as("bob", ["adopt", "--yes"]);
      assert.equal(refused.code, 1, refused.output);
      assert.ok(refused.output.includes(labOf("alice")), refused.output);
      await rename(data("alice"), `${data("alice")}.gone`);
      const asked = await as("bob", ["adopt"]);
      assert.equal(asked.code, 2, asked.output);
      assert.match(asked.output, /box/);
      assert.deepEqual(await filesOf("bob"), []);
      await succeeds("bob", ["adopt", "--yes"]);
      assert.match((await as("bob", ["plan"])).output, /cannot be logged in to/);
      await succeeds("bob", ["up"]);
      assert.match(await succeeds("bob", ["ssh", "box", "--", "cat /root/kept"]), /kept/);
      assert.equal((await as("carol", ["down"])).code, 1);
      await succeeds("bob", ["down"]);
      assert.deepEqual(await candidate.things(name), []);
    });
  });
}

for (const candidate of [dockerCandidate, incusCandidate]) threeOwners(candidate);
