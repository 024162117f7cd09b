import { testCases } from "../../support/step-cases.ts";
import { cases } from "./cluster-members.cases.ts";

testCases(import.meta.filename, cases);
