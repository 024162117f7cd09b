import type { StepCases } from "../../support/step-cases.ts";
import { said } from "../../support/steps.ts";

const path = "/root/x";

export const cases: StepCases = {
  params: { path, content: "a\n", owner: "tony", mode: "600" },
  fresh: { facts: { content: said("") }, differences: ["there is no file /root/x"] },
  right: { state: said("regular file/tony/0600\n"), content: said("a\n") },
  alsoRight: {
    "owner, mode and content may be any": {
      params: { path },
      facts: { state: said("regular file/root/0644\n"), content: said("b\n") },
    },
    "an empty file": {
      params: { path, content: "" },
      facts: { state: said("regular empty file/root/0644\n"), content: said("") },
    },
  },
  wrong: {
    "another owner, mode and content": {
      facts: { state: said("regular file/root/0644\n"), content: said("b\n") },
      differences: [
        "/root/x: its owner is root, expected is tony",
        "/root/x: its mode is 0644, expected is 0600",
        "/root/x has another content than expected",
      ],
    },
    "a mode with the sticky bit": {
      facts: { state: said("regular file/tony/01600\n") },
      differences: ["/root/x: its mode is 01600, expected is 0600"],
    },
    "a folder of that name": {
      facts: { state: said("directory/tony/0600\n") },
      differences: ["/root/x is a directory, not a file"],
    },
    "a link": {
      facts: { state: said("symbolic link/tony/0777\n") },
      differences: ["/root/x is a symbolic link, not a file"],
    },
  },
  apply: {
    "a file with a content": {},
    "a file whose content is left open, in a home": {
      params: { path: "/home/tony/note.txt", owner: "tony" },
    },
  },
  undo: { "a right machine": {} },
};
