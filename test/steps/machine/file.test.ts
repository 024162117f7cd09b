import { testCases } from "../../support/step-cases.ts";
import { cases } from "./file.cases.ts";

testCases(import.meta.filename, cases);
