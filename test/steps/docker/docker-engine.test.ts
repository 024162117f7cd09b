import { testCases } from "../../support/step-cases.ts";
import { cases } from "./docker-engine.cases.ts";

testCases(import.meta.filename, cases);
