import { testCases } from "../../support/step-cases.ts";
import { cases } from "./node-role.cases.ts";

testCases(import.meta.filename, cases);
