import { testCases } from "../../support/step-cases.ts";
import { cases } from "./docker-compose.cases.ts";

testCases(import.meta.filename, cases);
