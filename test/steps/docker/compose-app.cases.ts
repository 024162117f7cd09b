import type { StepCases } from "../../support/step-cases.ts";
import { nothing, said } from "../../support/steps.ts";

export const cases: StepCases = {
  machine: "w1",
  params: {
    folder: "/root/shop",
    services: ["front", "stock"],
    url: "http://localhost:8080/stock",
    says: "12 apples",
    solution: "services: {}\n",
  },
  fresh: { differences: ["the Docker engine of w1 does not answer"] },
  right: { containers: said("stock\nfront\n"), page: said("12 apples, 7 pears\n") },
  wrong: {
    "a service that does not run": {
      facts: { containers: said("stock\n") },
      differences: ["Docker Compose runs no service front out of /root/shop"],
    },
    "nothing runs": {
      facts: { containers: said(""), page: said("") },
      differences: [
        "Docker Compose runs no service front out of /root/shop",
        "Docker Compose runs no service stock out of /root/shop",
        'on w1, http://localhost:8080/stock does not answer with "12 apples"',
      ],
    },
    "another page": {
      facts: { page: said("the shop\n") },
      differences: ['on w1, http://localhost:8080/stock does not answer with "12 apples"'],
    },
    "an engine that does not answer": {
      facts: { containers: nothing },
      differences: ["the Docker engine of w1 does not answer"],
    },
  },
  apply: { "a fresh machine": {} },
  undo: { "a right machine": {} },
};
