import { testCases } from "../../support/step-cases.ts";
import { cases } from "./addons.cases.ts";

testCases(import.meta.filename, cases);
