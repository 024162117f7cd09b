import { testCases } from "../../support/step-cases.ts";
import { cases } from "./kubelet.cases.ts";

testCases(import.meta.filename, cases);
