import { testCases } from "../../support/step-cases.ts";
import { cases } from "./secret-not-exposed.cases.ts";

testCases(import.meta.filename, cases);
