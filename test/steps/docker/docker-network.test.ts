import { testCases } from "../../support/step-cases.ts";
import { cases } from "./docker-network.cases.ts";

testCases(import.meta.filename, cases);
