import { testCases } from "../../support/step-cases.ts";
import { cases } from "./joined-node.cases.ts";

testCases(import.meta.filename, cases);
