import { testCases } from "../../support/step-cases.ts";
import { cases } from "./kubelet-healthy.cases.ts";

testCases(import.meta.filename, cases);
