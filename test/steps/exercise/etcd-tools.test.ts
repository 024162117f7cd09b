import { testCases } from "../../support/step-cases.ts";
import { cases } from "./etcd-tools.cases.ts";

testCases(import.meta.filename, cases);
