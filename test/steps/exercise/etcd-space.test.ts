import { testCases } from "../../support/step-cases.ts";
import { cases } from "./etcd-space.cases.ts";

testCases(import.meta.filename, cases);
