import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileRecorder, labFileRecorder } from "../../src/recording/files.ts";
import { isStudentCommand, studentCommand } from "../../src/recording/student-command.ts";
import { template } from "../../src/template.ts";

const text = template("seat/labwright", { folder: "/run/labwright-seat" });
let folder = "";
before(() => {
  folder = mkdtempSync(join(tmpdir(), "lwtest-command-"));
});
after(() => rmSync(folder, { recursive: true, force: true }));

const succeeds = (script: string): boolean => {
  try {
    execFileSync("sh", ["-c", script], { stdio: "pipe" });
    return true;
  } catch {
    return false;
  }
};

test("the command that the board puts on a machine is known by its text, and nothing else is taken for it", () => {
  const path = join(folder, "labwright");
  const isOurs = () => succeeds(isStudentCommand(path).reveal());
  assert.equal(isOurs(), false, "nothing is there");
  for (const other of ["", "#!/bin/sh\necho mine\n", text.replace("Written by labwright", "Written by me")]) {
    writeFileSync(path, other);
    assert.equal(isOurs(), false, other);
  }
  writeFileSync(path, text);
  assert.equal(isOurs(), true);
  const link = join(folder, "link");
  symlinkSync(path, link);
  assert.equal(succeeds(isStudentCommand(link).reveal()), false, "a link to it");
});

/** Whether this computer lets us see other folders in place of ours. */
const noNamespace = succeeds("unshare -m mount -t tmpfs none /opt") ? false : "needs mount namespaces";

test("recordings leave out the command, and nobody else's program of that name", {
  skip: noNamespace,
}, () => {
  for (const recorder of [fileRecorder, labFileRecorder]) {
    const namesWith = (content: string): string[] => {
      writeFileSync(join(folder, "content"), content);
      // Folders of this computer, which the recorder would look through, are empty there.
      const script = `
        for one in /etc /root /home /opt /srv /usr/local /var/spool/cron /var/lib/labwright; do
          [ ! -d $one ] || mount -t tmpfs none $one || exit 1
        done
        mkdir /usr/local/bin && cp "$1" ${studentCommand} && touch /usr/local/bin/other || exit 1
        ${recorder.probe.reveal()}`;
      const printed = execFileSync("unshare", ["-m", "sh", "-c", script, "sh", join(folder, "content")], {
        encoding: "utf8",
      });
      return recorder
        .read(printed)
        .map(({ name }) => name)
        .filter((name) => name.startsWith("/usr/local/bin/"));
    };
    assert.deepEqual(namesWith(text), ["/usr/local/bin/other"]);
    assert.deepEqual(namesWith("mine\n").sort(), ["/usr/local/bin/labwright", "/usr/local/bin/other"]);
  }
});
