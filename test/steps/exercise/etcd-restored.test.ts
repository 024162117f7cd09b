import { testCases } from "../../support/step-cases.ts";
import { cases } from "./etcd-restored.cases.ts";

testCases(import.meta.filename, cases);
