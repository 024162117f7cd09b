import { testCases } from "../../support/step-cases.ts";
import { cases } from "./kubelet-misconfigured.cases.ts";

testCases(import.meta.filename, cases);
