import { testCases } from "../../support/step-cases.ts";
import { cases } from "./load-balancer.cases.ts";

testCases(import.meta.filename, cases);
