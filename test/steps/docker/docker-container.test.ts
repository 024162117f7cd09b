import { testCases } from "../../support/step-cases.ts";
import { cases } from "./docker-container.cases.ts";

testCases(import.meta.filename, cases);
