import { testCases } from "../../support/step-cases.ts";
import { cases } from "./etcd-guard.cases.ts";

testCases(import.meta.filename, cases);
