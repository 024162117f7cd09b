import { testCases } from "../../support/step-cases.ts";
import { cases } from "./cloud-controller.cases.ts";

testCases(import.meta.filename, cases);
