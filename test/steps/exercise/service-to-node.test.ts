import { testCases } from "../../support/step-cases.ts";
import { cases } from "./service-to-node.cases.ts";

testCases(import.meta.filename, cases);
