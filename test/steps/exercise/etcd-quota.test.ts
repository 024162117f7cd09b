import { testCases } from "../../support/step-cases.ts";
import { cases } from "./etcd-quota.cases.ts";

testCases(import.meta.filename, cases);
