import type { StepCases } from "../../support/step-cases.ts";
import { said } from "../../support/steps.ts";

const file = "/root/tour/answers.yaml";

export const cases: StepCases = {
  params: { file, answers: { members: 3, down: "cp3", works: "yes" } },
  fresh: { differences: [`${file} is missing`] },
  right: { sheet: said("# Three questions.\nmembers: 3\ndown: cp3\nworks: yes\n") },
  alsoRight: {
    "a number as a text, and a key besides": {
      facts: { sheet: said('members: "3"\ndown: cp3\nworks: yes\nmore: 1\n') },
    },
  },
  wrong: {
    "wrong answers": {
      facts: { sheet: said("members: 2\ndown: [cp1, cp3]\nworks: yes\n") },
      differences: ["members: 2 is not it", 'down: ["cp1","cp3"] is not it'],
    },
    "no answers": {
      facts: { sheet: said("members:\ndown: ''\n") },
      differences: ["members: there is no answer", "down: there is no answer", "works: there is no answer"],
    },
    "a key of every object": {
      params: { file, answers: { constructor: 1 } },
      facts: { sheet: said("members: 3\n") },
      differences: ["constructor: there is no answer"],
    },
    "not YAML": {
      facts: { sheet: said("members: [\n") },
      differences: [`the answer sheet ${file} is not YAML with a key for each answer`],
    },
    "an empty file": {
      facts: { sheet: said("") },
      differences: [`the answer sheet ${file} is not YAML with a key for each answer`],
    },
  },
  apply: { "a sheet with one answer": { facts: { sheet: said("members: 2\nmore: 1\n") } } },
};
