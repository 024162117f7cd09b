import { testCases } from "../../support/step-cases.ts";
import { cases } from "./docker-connected.cases.ts";

testCases(import.meta.filename, cases);
