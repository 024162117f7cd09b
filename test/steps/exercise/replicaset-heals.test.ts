import { testCases } from "../../support/step-cases.ts";
import { cases } from "./replicaset-heals.cases.ts";

testCases(import.meta.filename, cases);
