import { testCases } from "../../support/step-cases.ts";
import { cases } from "./kept-secret.cases.ts";

testCases(import.meta.filename, cases);
