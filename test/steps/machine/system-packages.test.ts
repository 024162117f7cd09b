import { testCases } from "../../support/step-cases.ts";
import { cases } from "./system-packages.cases.ts";

testCases(import.meta.filename, cases);
